/** A priority queue: higher priority first, ties by the smaller index. A binary heap, so that ten thousand tasks cost what they should. */
export interface Queue {
  readonly size: number;
  push(index: number): void;
  pop(): number | undefined;
}

export function createQueue(priorityOf: (index: number) => number): Queue {
  const heap: number[] = [];
  const at = (place: number): number => heap[place] ?? -1;
  const before = (a: number, b: number): boolean => {
    const [pa, pb] = [priorityOf(a), priorityOf(b)];
    return pa > pb || (pa === pb && a < b);
  };
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  return {
    get size() {
      return heap.length;
    },
    push(index) {
      heap.push(index);
      for (let place = heap.length - 1; place > 0; ) {
        const parent = (place - 1) >> 1;
        if (!before(at(place), at(parent))) return;
        swap(place, parent);
        place = parent;
      }
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      heap[0] = last;
      for (let place = 0; ; ) {
        const [left, right] = [2 * place + 1, 2 * place + 2];
        let best = place;
        if (left < heap.length && before(at(left), at(best))) best = left;
        if (right < heap.length && before(at(right), at(best))) best = right;
        if (best === place) return first;
        swap(place, best);
        place = best;
      }
    },
  };
}
