/** Something about a descriptor. */
export interface DescriptorProblem {
  /** With an error createApp does not start. A warning is logged, and what it is about is served as it is. */
  readonly severity: 'error' | 'warning';
  /** Where: `descriptor.modules.webhooks[0].event`. */
  readonly path: string;
  readonly message: string;
}

/** Where something is, by the names and numbers that lead there. */
export type Path = readonly PropertyKey[];

export function problem(
  severity: DescriptorProblem['severity'],
  path: Path,
  message: string,
): DescriptorProblem {
  return { severity, path: pathText(path), message };
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part).slice(0, 60)}`,
    'descriptor',
  );
}
