package io.spikeformer.tasks;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The JSON of results: records as they are declared, in an order that never changes. */
public final class ResultJson {
  private ResultJson() {}

  /** A mapper that refuses records with missing components. */
  public static ObjectMapper mapper() {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .addModule(new SimpleModule().setSerializerModifier(new FixedOrder()))
        .build();
  }

  /**
   * Components of a record as they are declared, then its metrics by name. Java gives the methods
   * of a class in an order that differs from one process to the next.
   */
  private static final class FixedOrder extends BeanSerializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public List<BeanPropertyWriter> orderProperties(
        SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
      RecordComponent[] declared = bean.getBeanClass().getRecordComponents();
      if (declared == null) {
        return super.orderProperties(config, bean, properties);
      }
      List<String> components = Arrays.stream(declared).map(RecordComponent::getName).toList();
      return properties.stream()
          .sorted(
              Comparator.comparingInt((BeanPropertyWriter p) -> place(components, p.getName()))
                  .thenComparing(BeanPropertyWriter::getName))
          .toList();
    }

    private static int place(List<String> components, String name) {
      int place = components.indexOf(name);
      return place < 0 ? components.size() : place;
    }
  }
}
