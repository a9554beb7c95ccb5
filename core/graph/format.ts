/** A graph as text for other programs: `ce graph --format mermaid|dot|json`. */
import type { Task, TaskGraph } from '../model.ts';

export const GRAPH_FORMATS = ['mermaid', 'dot', 'json'] as const;
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/** Ends with a newline. Edges run from a dependency to its dependant; tasks of one PRP stand in one box. */
export function formatGraph(graph: TaskGraph, format: GraphFormat): string {
  switch (format) {
    case 'mermaid':
      return mermaid(graph);
    case 'dot':
      return dot(graph);
    case 'json':
      return `${JSON.stringify(graph, null, 2)}\n`;
  }
}

function mermaid(graph: TaskGraph): string {
  // Mermaid ids may hold no colon, so nodes are numbered and carry their id in the label.
  const numbers = new Map(graph.tasks.map((task, at) => [task.id, `t${at}`]));
  const lines = ['flowchart LR'];
  let box = 0;
  for (const [prp, tasks] of byPrp(graph)) {
    const nodes = tasks.map((task) => `${numbers.get(task.id) ?? ''}["${mermaidText(task.id)}<br/>${mermaidText(task.title)}"]`);
    if (prp === null) lines.push(...nodes.map((node) => `  ${node}`));
    else lines.push(`  subgraph p${box++}["${mermaidText(prp)}"]`, ...nodes.map((node) => `    ${node}`), '  end');
  }
  for (const [from, to] of edges(graph)) lines.push(`  ${numbers.get(from) ?? ''} --> ${numbers.get(to) ?? ''}`);
  return `${lines.join('\n')}\n`;
}

function dot(graph: TaskGraph): string {
  const lines = ['digraph ce {', '  rankdir=LR;', '  node [shape=box];'];
  let box = 0;
  for (const [prp, tasks] of byPrp(graph)) {
    const nodes = tasks.map((task) => `${dotText(task.id)} [label=${dotText(`${task.id}\n${task.title}`)}];`);
    if (prp === null) lines.push(...nodes.map((node) => `  ${node}`));
    else lines.push(`  subgraph cluster_${box++} {`, `    label=${dotText(prp)};`, ...nodes.map((node) => `    ${node}`), '  }');
  }
  for (const [from, to] of edges(graph)) lines.push(`  ${dotText(from)} -> ${dotText(to)};`);
  return `${lines.join('\n')}\n}\n`;
}

function byPrp(graph: TaskGraph): Map<string | null, Task[]> {
  const groups = new Map<string | null, Task[]>();
  for (const task of graph.tasks) {
    const group = groups.get(task.prp);
    if (group === undefined) groups.set(task.prp, [task]);
    else group.push(task);
  }
  return groups;
}

function edges(graph: TaskGraph): readonly (readonly [string, string])[] {
  return graph.tasks.flatMap((task) => task.dependsOn.map((id) => [id, task.id] as const));
}

function dotText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Mermaid reads entities as `#name;` and `#code;`. */
function mermaidText(text: string): string {
  return text.replace(/[#"<>&;`[\]{}|]/g, (character) => `#${character.charCodeAt(0)};`).replaceAll('\n', ' ');
}
