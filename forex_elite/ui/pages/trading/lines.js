// Price lines with a tag one can take hold of: entry, stop loss, take profit, pending orders, and the ticket's own levels.
const [EDGE, GAP, AXIS] = [10, 4, 78]; // tags too near each other stand side by side, or a row lower where there is no room
const MOST_ROWS = 6;
const [TOP, BOTTOM] = [38, 40]; // a line out of sight keeps its tag at the edge, clear of legend and time axis, with an arrow

/**
 * The lines of one chart. `sync` takes the lines wanted now:
 * {id, price, look, axis, text(price), isDashed, snap(value), onDrop(price)?}; without `onDrop` a line stays where it is.
 * Its tags move whenever the chart redraws, because they hang on a primitive of the series.
 */
export class Lines {
  constructor(series, box, colour) {
    this.series = series;
    this.box = box;
    this.colour = colour;
    this.known = new Map();
    this.held = null;
    series.attachPrimitive({ updateAllViews: () => this.place() });
    this.escape = (event) => {
      if (event.key !== "Escape" || !this.held) return;
      event.stopPropagation();
      this.let(this.held, null);
    };
    window.addEventListener("keydown", this.escape, true);
  }

  close() {
    window.removeEventListener("keydown", this.escape, true);
    for (const line of this.known.values()) line.tag.remove();
    this.known.clear();
  }

  sync(wanted) {
    const ids = new Set(wanted.map((line) => line.id));
    for (const [id, line] of this.known) {
      if (ids.has(id)) continue;
      this.series.removePriceLine(line.drawn);
      line.tag.remove();
      this.known.delete(id);
      if (this.held === line) this.held = null;
    }
    for (const want of wanted) {
      const line = this.known.get(want.id) ?? this.draw(want);
      line.want = want;
      if (this.held !== line) this.show(line, want.price);
    }
    this.place();
  }

  /** Colours again, after the theme changed. */
  recolour() {
    for (const line of this.known.values()) this.show(line, line.price);
  }

  draw(want) {
    const drawn = this.series.createPriceLine({ price: want.price, lineWidth: 1, axisLabelVisible: true });
    const tag = document.createElement("div");
    this.box.append(tag);
    const line = { want, drawn, tag, price: want.price };
    tag.addEventListener("pointerdown", (event) => this.take(line, event));
    this.known.set(want.id, line);
    return line;
  }

  show(line, price) {
    const { want } = line;
    line.price = price;
    line.drawn.applyOptions({
      price,
      color: this.colour(want.look),
      lineStyle: want.isDashed ? 2 : 0,
      axisLabelColor: this.colour(want.axis),
      axisLabelTextColor: this.colour(want.ink),
    });
    const text = want.text(price);
    if (line.text !== text) {
      line.text = text;
      line.tag.textContent = text;
      line.width = 0;
    }
    const name = `line-tag ${want.kind}${want.onDrop ? " loose" : ""}${this.held === line ? " held" : ""}`;
    if (line.tag.className !== name) line.tag.className = name;
    line.tag.dataset.line = want.id;
  }

  place() {
    const height = this.box.clientHeight;
    const shown = [];
    for (const line of this.known.values()) {
      const y = this.series.priceToCoordinate(line.price);
      line.tag.hidden = y === null;
      line.tag.dataset.out = y === null ? "" : y < 0 ? "above" : y > height - BOTTOM + 12 ? "below" : "";
      line.top = Math.round(Math.min(Math.max(y ?? 0, TOP), height - BOTTOM));
      if (y !== null) shown.push(line);
    }
    shown.sort((a, b) => a.top - b.top);
    const room = this.box.clientWidth - AXIS - EDGE;
    const placed = [];
    for (const line of shown) {
      line.width ||= line.tag.offsetWidth;
      const step = line.tag.offsetHeight + 2;
      const isRight = line.want.kind.includes("draft");
      for (let row = 0; ; row += 1) {
        const top = line.top + row * step;
        const beside = placed.filter((one) => Math.abs(top - one.top) < step);
        const ends = (right) => Math.max(EDGE, ...beside.filter((one) => one.isRight === right).map((one) => one.end + GAP));
        const free = ends(isRight);
        if (free + line.width + ends(!isRight) > room && row < MOST_ROWS && beside.length) continue;
        placed.push({ top, isRight, end: free + line.width });
        line.tag.style.transform = `translate(${isRight ? EDGE - free : free}px, ${top}px) translateY(-50%)`;
        break;
      }
    }
  }

  take(line, event) {
    if (!line.want.onDrop || event.button !== 0) return;
    event.preventDefault();
    this.held = line;
    line.from = line.price;
    line.tag.setPointerCapture(event.pointerId);
    const bounds = this.box.getBoundingClientRect();
    const move = (at) => {
      const value = this.series.coordinateToPrice(at.clientY - bounds.top);
      if (value > 0) this.show(line, line.want.snap(value));
      this.place();
    };
    const up = () => this.let(line, line.price);
    line.stop = () => {
      line.tag.removeEventListener("pointermove", move);
      line.tag.removeEventListener("pointerup", up);
      line.tag.removeEventListener("pointercancel", cancel);
    };
    const cancel = () => this.let(line, null);
    line.tag.addEventListener("pointermove", move);
    line.tag.addEventListener("pointerup", up);
    line.tag.addEventListener("pointercancel", cancel);
    this.show(line, line.price);
  }

  /** End a drag: at a price, or back where it was. What was asked for shows until the next `sync` says otherwise. */
  let(line, price) {
    line.stop?.();
    this.held = null;
    this.show(line, price ?? line.from);
    this.place();
    if (price !== null && price !== line.from) line.want.onDrop(price);
  }
}
