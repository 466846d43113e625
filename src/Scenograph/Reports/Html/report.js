
"use strict";
// Tells the values under the pointer. The page says all of it without this, in its legends.
document.querySelectorAll(".plot").forEach(function (plot) {
  var lines = JSON.parse(plot.dataset.hover);
  var drawing = plot.querySelector("svg");
  var width = drawing.viewBox.baseVal.width;
  var cross = document.createElementNS("http://www.w3.org/2000/svg", "line");
  cross.setAttribute("class", "cross");
  cross.setAttribute("y1", "30");
  cross.setAttribute("y2", "236");
  var tip = document.createElement("div");
  tip.className = "tip";

  function nearest(points, x) {
    return points.reduce(function (best, point) {
      return Math.abs(best[0] - x) > Math.abs(point[0] - x) ? point : best;
    });
  }
  function row(text, style) {
    var line = document.createElement("div");
    if (style) {
      var swatch = document.createElement("i");
      swatch.className = style;
      line.appendChild(swatch);
    }
    line.appendChild(document.createTextNode(text));
    tip.appendChild(line);
  }
  function hide() {
    cross.remove();
    tip.remove();
  }
  plot.addEventListener("pointermove", function (event) {
    var bounds = drawing.getBoundingClientRect();
    var x = (event.clientX - bounds.left) * width / bounds.width;
    var drawn = lines.filter(function (line) { return line[2].length > 0; });
    var found = drawn.map(function (line) { return nearest(line[2], x); });
    if (found.length === 0) { return; }
    var at = nearest(found, x);
    cross.setAttribute("x1", at[0]);
    cross.setAttribute("x2", at[0]);
    drawing.appendChild(cross);
    tip.textContent = "";
    row(at[2], null);
    found.forEach(function (point, index) {
      if (4 > Math.abs(point[0] - at[0])) { row(drawn[index][0] + " " + point[3], drawn[index][1]); }
    });
    plot.appendChild(tip);
    var left = at[0] * bounds.width / width + 12;
    tip.style.left = (left + tip.offsetWidth > bounds.width ? left - tip.offsetWidth - 24 : left) + "px";
  });
  plot.addEventListener("pointerleave", hide);
});
