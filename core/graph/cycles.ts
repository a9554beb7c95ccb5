/** Order and circles of anything that depends on something: one depth-first walk, iterative, so that a chain of any length is safe. */

/** `order` has every dependency before its dependants; `cycle` is a path along `dependsOn` whose first node is its last. */
export type Ordering = { readonly order: readonly string[] } | { readonly cycle: readonly string[] };

interface Frame {
  readonly node: string;
  readonly dependencies: readonly string[];
  next: number;
}

/**
 * Depth-first post-order over `nodes` as given: a list that is in order already comes back unchanged.
 * `dependsOn` gives the dependencies of a node; nodes reached only through it are part of the order.
 */
export function orderNodes(nodes: Iterable<string>, dependsOn: (node: string) => readonly string[]): Ordering {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of nodes) {
    if (state.has(root)) continue;
    const path: Frame[] = [{ node: root, dependencies: dependsOn(root), next: 0 }];
    state.set(root, 'open');
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const dependency = frame.dependencies[frame.next++];
      if (dependency === undefined) {
        state.set(frame.node, 'done');
        order.push(frame.node);
        path.pop();
        continue;
      }
      const seen = state.get(dependency);
      if (seen === 'open') {
        const names = path.map((step) => step.node);
        return { cycle: [...names.slice(names.indexOf(dependency)), dependency] };
      }
      if (seen === 'done') continue;
      state.set(dependency, 'open');
      path.push({ node: dependency, dependencies: dependsOn(dependency), next: 0 });
    }
  }
  return { order };
}

/** The first circle as a path, `['a', 'b', 'a']` when a depends on b and b on a; null when there is none. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const ordering = orderNodes(edges.keys(), (node) => edges.get(node) ?? []);
  return 'cycle' in ordering ? ordering.cycle : null;
}
