/** A piece of a text, and whether the other text has it too. */
export interface Piece {
  text: string;
  differs: boolean;
}

// Words, escapes and single signs: a difference is shown in whole names and values, not in letters.
const words = /%[0-9a-f]{2}|[\w.~-]+|./gisu;
// Longer texts that differ in the middle are marked there as a whole.
const comparedPairs = 250_000;

/** Takes two canonical requests apart so that what only one of them has can be marked. */
export function findDifference(one: string, other: string): [Piece[], Piece[]] {
  const left = one.match(words) ?? [];
  const right = other.match(words) ?? [];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const shorter = Math.min(left.length, right.length) - start;
  while (end < shorter && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const [leftMiddle, rightMiddle] = [left, right].map((all) =>
    all.slice(start, all.length - end),
  ) as [string[], string[]];
  const [leftShared, rightShared] =
    leftMiddle.length * rightMiddle.length > comparedPairs
      ? [new Set<number>(), new Set<number>()]
      : sharedWords(leftMiddle, rightMiddle);
  const pieces = (all: string[], shared: Set<number>): Piece[] =>
    joined(
      all.map((text, index) => ({
        text,
        differs: index >= start && index < all.length - end && !shared.has(index - start),
      })),
    );
  return [pieces(left, leftShared), pieces(right, rightShared)];
}

/** The indexes of the longest common subsequence, in each of the two. */
function sharedWords(left: string[], right: string[]): [Set<number>, Set<number>] {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i] === right[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const shared: [Set<number>, Set<number>] = [new Set(), new Set()];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      shared[0].add(i++);
      shared[1].add(j++);
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return shared;
}

function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && last.differs === piece.differs) last.text += piece.text;
    else result.push({ ...piece });
  }
  return result;
}
