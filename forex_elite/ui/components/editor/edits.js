// Logs of edits: {offset, length, text} in UTF-16 units, each upon the text the one before it left.

/** More than this in one log, and the whole text is told instead. */
export const MOST_EDITS = 500;

/**
 * Add edits to a log. Typing on, and deleting what was just typed, change the last entry instead of making one each, unless
 * it lies before `sealed`: then it is on its way already.
 */
export function append(log, edits, sealed = 0) {
  for (const { offset, length, text } of edits) {
    const last = log.length > sealed ? log.at(-1) : null;
    const end = last && last.offset + last.text.length;
    if (last && length === 0 && offset === end) last.text += text;
    else if (last && text === "" && length <= last.text.length && offset + length === end) last.text = last.text.slice(0, last.text.length - length);
    else log.push({ offset, length, text });
  }
}

/** A text after the edits of a log. */
export const changed = (text, edits) => edits.reduce((before, { offset, length, text: put }) => before.slice(0, offset) + put + before.slice(offset + length), text);
