import type { ModuleOutcome, ModuleResult, WrittenManifest } from './manifest.ts';
import { toYaml, yamlComment } from './yaml.ts';

/** What a result means, in the order of how much there is to do. */
export const RESULTS: readonly (readonly [ModuleResult, string])[] = [
  ['none', 'Without a known equivalent in Forge'],
  ['by-hand', 'To be written by hand'],
  ['check', 'Written, and to be finished or looked at'],
  ['carried', 'Carried over'],
];

/** A manifest.yml: what its author has to know stands above it, as comments. */
export function manifestText({ manifest, modules, decisions }: WrittenManifest): string {
  const lines = [yamlComment('Written by countersign forge manifest. Check it with forge lint.')];
  for (const [result, title] of RESULTS) {
    const those = modules.filter((module) => module.result === result);
    if (result === 'carried' || those.length === 0) continue;
    lines.push('#', yamlComment(`${title}:`));
    for (const module of those) lines.push(yamlComment(outcomeText(module), '  '));
  }
  if (decisions.length > 0) {
    lines.push('#', yamlComment('To be decided:'));
    for (const { topic, text } of decisions) lines.push(yamlComment(`${topic}: ${text}`, '  '));
  }
  return `${lines.join('\n')}\n\n${toYaml({ ...manifest })}`;
}

/** `webPanels locator: jira:issueContext. …` */
export function outcomeText({ connect, key, forge, text }: ModuleOutcome): string {
  const parts = [forge === undefined ? undefined : `${forge}.`, text];
  const rest = parts.filter((part) => part !== undefined).join(' ');
  return rest === '' ? `${connect} ${key}` : `${connect} ${key}: ${rest}`;
}
