import type { Examination } from './examination.ts';
import { hostOf } from './kind.ts';
import type { Direction, Material } from './material.ts';
import type { Show } from './shown.ts';
import { placeholderIn } from './token-form.ts';

/** Checks where a call to Jira goes. */
export function examineHost(
  direction: Direction | undefined,
  { url, baseUrl }: Material,
  examination: Examination,
  show: Show,
): void {
  const placeholder = url === undefined ? undefined : placeholderIn(urlText(url));
  if (placeholder !== undefined) {
    examination.failed('host', {
      cause: 'CS-PLACEHOLDER',
      evidence: `The URL holds "${show(placeholder, 40)}".`,
      confidence: 'certain',
    });
    return;
  }
  if (direction !== 'to-jira' || url === undefined) return;
  const host = hostOf(url);
  const site = hostOf(baseUrl);
  if (/^api\.(?:stg\.)?atlassian\.com$/.test(host)) {
    examination.failed('host', {
      cause: 'CS-HOST-GATEWAY',
      evidence: `The host is ${show(host)}.`,
      confidence: 'certain',
    });
  } else if (host !== '' && site !== '' && host !== site) {
    examination.failed('host', {
      cause: 'CS-HOST-OTHER-SITE',
      evidence: `The host is ${show(host)}; the site of the installation is ${show(site)}.`,
      confidence: 'certain',
    });
  } else if (host !== '' && site !== '') examination.passed('host', show(host));
}

/** Escaped braces are braces; a query may hold anything, such as JQL with < and >. */
function urlText(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  if (!/[${}<]|%7b|\/:/i.test(path)) return '';
  return (
    path
      .replace(/%7b/gi, '{')
      .replace(/%7d/gi, '}')
      .split('/')
      .find((segment) => /^\{[\w.-]+\}$|\$\{|\{\{|^:[a-z]\w+$|^<[a-z][\w -]*>$/i.test(segment)) ??
    ''
  ).replace(/^:(\w+)$/, '{$1}');
}
