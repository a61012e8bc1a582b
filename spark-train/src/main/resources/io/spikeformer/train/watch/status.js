(function () {
  var state = document.getElementById("state");
  var silence = document.getElementById("silence");
  var written = document.getElementById("written");
  var at = Date.parse(written.dateTime);
  var title = document.title;

  function words(seconds) {
    var minutes = Math.floor(seconds / 60);
    var hours = Math.floor(minutes / 60);
    return hours > 0 ? hours + " h " + (minutes % 60) + " min"
      : minutes > 0 ? minutes + " min " + (seconds % 60) + " s" : seconds + " s";
  }

  function look() {
    var age = Math.floor((Date.now() - at) / 1000);
    var silent = age > Number(state.dataset.silentAfter);
    silence.hidden = !silent;
    state.hidden = silent;
    document.title = (silent ? "No sign of life: " : "") + title;
    if (silent) {
      silence.textContent = "No sign of life: nothing was written for " + words(age) + ", since "
        + written.textContent + ". " + silence.dataset.advice;
    }
  }

  look();
  setInterval(look, 1000);
})();
