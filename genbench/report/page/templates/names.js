"use strict";
// Intervals that would lie on one line, beside their points. Each span is [place, low, high].
function asides(spans, room, rules) {
  const isOnOneLine = (one, two) => one && two && Math.abs(one[0] - two[0]) < rules.oneLine && one[1] < two[2] && two[1] < one[2];
  return spans.reduce((found, span, number) => {
    const rivals = spans.map((its, other) => other).filter((other) => other !== number && isOnOneLine(span, spans[other]));
    const taken = rivals.map((other) => found[other]);
    return [...found, rivals.length ? rules.asides.find((aside) => !taken.includes(aside) && span[0] + aside >= 0 && span[0] + aside <= room) ?? 0 : 0];
  }, []);
}
// The lines of a span on an axis: the interval, and what joins one beside its point to this point's value.
function spanLines(axis, [place, low, high], aside, value) {
  const beside = place + aside;
  const line = (start, end, near, far) => (axis === "x" ? [start - 1, near - 1, end + 1, far + 1] : [near - 1, start - 1, far + 1, end + 1]);
  const joint = line(value, value, Math.min(place, beside), Math.max(place, beside));
  return [line(low, high, beside, beside), ...(aside ? [joint] : [])];
}
// Names beside their points, as genbench/report/charts/placing.py places them. Each line is [left, top, right, bottom].
function placeNames(points, lines, { width, height }, rules) {
  const meet = (one, two) => one[0] < two[2] && two[0] < one[2] && one[1] < two[3] && two[1] < one[3];
  const within = (value, low, high) => Math.min(Math.max(value, low), high);
  const nearest = ([left, top, right, bottom], { x, y }) => [within(x, left, right), within(y, top, bottom)];
  const distance = (box, point) => { const [x, y] = nearest(box, point); return Math.hypot(x - point.x, y - point.y); };
  const join = (box, point) => {
    const [[x, y], share] = [nearest(box, point), rules.point / Math.max(distance(box, point), rules.point)];
    return [point.x + share * (x - point.x), point.y + share * (y - point.y), x, y];
  };
  const shares = (lead, box, axis) => [axis, axis + 2].map((side) => (box[side] - lead[axis]) / (lead[axis + 2] - lead[axis])).sort((a, b) => a - b);
  const crosses = (lead, box) => lead !== null && Math.max(0, shares(lead, box, 0)[0], shares(lead, box, 1)[0]) < Math.min(1, shares(lead, box, 0)[1], shares(lead, box, 1)[1]);
  const square = ({ x, y }, half) => [x - half, y - half, x + half, y + half];
  const around = (point) => rules.offsets.map(([right, down, align], nth) => {
    const [length, share] = [rules.glyph * point.name.length, { left: 0, right: 1, center: 0.5 }[align]];
    const start = Math.max(rules.edge, Math.min(point.x + right - share * length, width - length));
    const top = Math.max(-rules.above, Math.min(point.y + down - rules.line / 2, height - rules.edge - rules.line));
    const box = [start, top, start + length, top + rules.line];
    return { name: { name: point.name, left: start + share * length, top: top + rules.line / 2, align }, point, box, nth, lead: nth < rules.near ? null : join(box, point) };
  });
  const cost = ({ point, box, lead }) => {
    const others = points.filter((other) => other !== point);
    const clearly = Math.min(...others.map((other) => distance(box, other) * (box[1] < other.y && other.y < box[3] ? rules.row : 1))) - distance(box, point);
    if (box[2] > width || points.some((other) => meet(box, square(other, rules.point)))
      || (!lead && clearly < 0)) { return Infinity; }
    const isOwn = ([left, top, right, bottom]) => left <= point.x && point.x <= right && top <= point.y && point.y <= bottom;
    const strange = lines.filter((line) => !isOwn(line));
    const isSo = { own: lines.some((line) => isOwn(line) && meet(box, line)), unclear: !lead && clearly < rules.clearly,
      end: lines.some(([left, top, right, bottom]) => meet(box, [left, top, left, top]) || meet(box, [right, bottom, right, bottom])), crossed: strange.some((line) => meet(box, line)), lead: strange.some((line) => crosses(lead, line)),
      through: others.some((other) => crosses(lead, square(other, rules.core))) };
    return Object.entries(isSo).reduce((sum, [why, holds]) => sum + (holds ? rules.costs[why] : 0), 0);
  };
  const side = (line, x, y) => (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0]);
  const isCut = (one, two) => side(one, two[0], two[1]) * side(one, two[2], two[3]) < 0;
  const collide = (one, two) => meet(one.box, two.box) || crosses(one.lead, two.box) || crosses(two.lead, one.box)
    || (one.lead && two.lead && isCut(one.lead, two.lead) && isCut(two.lead, one.lead));
  const places = points.flatMap(around).map((one) => ({ ...one, cost: one.nth + cost(one) })).filter((one) => one.cost < Infinity).sort((one, two) => one.cost - two.cost);
  const attempt = (first) => { // of equal costs the first point's one is first
    const found = new Map();
    for (const label of [true, false].flatMap((isFirst) => places.filter(({ point }) => first.includes(point) === isFirst))) {
      if (!found.has(label.point) && ![...found.values()].some((other) => collide(label, other))) { found.set(label.point, label); }
    }
    const costs = points.map((point) => found.get(point)?.cost ?? rules.missing);
    return { found, total: costs.reduce((sum, one) => sum + one, 0), worst: points[costs.indexOf(Math.max(...costs))] };
  };
  const [first, tries] = [[], []];
  do { tries.push(attempt(first)); } while (!first.includes(tries.at(-1).worst) && first.push(tries.at(-1).worst) < points.length);
  const { found } = tries.reduce((best, one) => (one.total < best.total ? one : best));
  return [...found.values()].map(({ name, lead }) => (lead ? { ...name, "lead x": lead[0], "lead y": lead[1], "end x": lead[2], "end y": lead[3] } : name));
}
