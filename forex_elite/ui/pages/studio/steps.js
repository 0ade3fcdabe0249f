// The steps of a generation, folded into what is shown of it. Pure: the same steps make the same picture, live or later.

/** What is known before the first step. */
export const BEGINNING = { model: "", rounds: [], version: null, end: null };

function inLast(seen, make) {
  const rounds = seen.rounds.length ? seen.rounds : [{ round: 1, rounds: 1, reasoning: "", answer: "" }];
  return { ...seen, rounds: [...rounds.slice(0, -1), make(rounds.at(-1))] };
}

/** One more step: `kind` with its `data`, as `/api/ea/generations/{id}/events` tells them. */
export function step(seen, kind, data) {
  switch (kind) {
    case "started":
      return { ...seen, model: data.model };
    case "round":
      return { ...seen, rounds: [...seen.rounds, { round: data.round, rounds: data.rounds, reasoning: "", answer: "" }] };
    case "reasoning":
    case "answer":
      return inLast(seen, (last) => ({ ...last, retry: null, [kind]: last[kind] + data.text }));
    case "retry":
      return inLast(seen, (last) => ({ ...last, retry: data.in_s }));
    case "usage":
      return inLast(seen, (last) => ({ ...last, usage: data }));
    case "check":
      return inLast(seen, (last) => ({ ...last, check: data }));
    case "version":
      return { ...seen, version: data };
    case "end":
      return { ...seen, end: data };
    default:
      return seen;
  }
}

const FENCE = /^(`{3,}|~{3,})[ \t]*[\w+#-]*[^\n]*\n/m;

/** An answer as pieces: {kind: "text"|"code", text, isOpen}; code that has no end yet is open. */
export function piecesOf(answer) {
  const pieces = [];
  let rest = answer;
  for (;;) {
    const fence = FENCE.exec(rest);
    if (!fence) break;
    if (rest.slice(0, fence.index).trim()) pieces.push({ kind: "text", text: rest.slice(0, fence.index).trim() });
    rest = rest.slice(fence.index + fence[0].length);
    const end = new RegExp(`^${fence[1]}[ \\t]*$`, "m").exec(rest);
    pieces.push({ kind: "code", text: end ? rest.slice(0, end.index) : rest, isOpen: !end });
    rest = end ? rest.slice(end.index + end[0].length) : "";
  }
  if (rest.trim()) pieces.push({ kind: "text", text: rest.trim() });
  return pieces;
}
