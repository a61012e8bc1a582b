package io.spikeformer.train.spark.cluster;

import java.util.Properties;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Hands on what Spark tells of executors, jobs and tasks. */
final class ClusterListener extends SparkListener {
  private final ClusterState state;

  ClusterListener(ClusterState state) {
    this.state = state;
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    Properties properties = start.properties();
    String text = properties == null ? null : properties.getProperty("spark.job.description");
    state.jobStarted(start.jobId(), text == null ? "job " + start.jobId() : text);
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd end) {
    state.jobEnded(end.jobId());
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    // the data set that the stage makes; those that it is made of follow
    String made = submitted.stageInfo().rddInfos().head().name();
    ClusterState.Kind kind = ClusterState.Kind.OTHER;
    if (ClusterWatch.MEAN.equals(made)) {
      kind = ClusterState.Kind.MEAN;
    } else if (made != null && made.startsWith(ClusterWatch.STATES)) {
      kind = ClusterState.Kind.WORKER;
    }
    state.stageSubmitted(submitted.stageInfo().stageId(), kind);
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    state.taskStarted(
        start.stageId(),
        start.taskInfo().taskId(),
        start.taskInfo().partitionId(),
        start.taskInfo().executorId(),
        start.taskInfo().host());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    state.taskEnded(end.taskInfo().taskId());
    if (end.taskInfo().successful()) {
      state.heard(end.taskInfo().executorId());
    }
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    state.executorAdded(added.executorId(), added.executorInfo().executorHost());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    state.executorRemoved(removed.executorId(), removed.reason());
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    state.heard(heartbeat.execId());
  }
}
