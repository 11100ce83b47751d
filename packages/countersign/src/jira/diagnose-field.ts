import type { Examined, Found } from './diagnose.ts';
import type { JiraField } from './fields.ts';
import { CANNOT_BE_SET, COMPUTED_FIELDS, SYSTEM_FIELDS } from './known-answers.ts';

/** Tells apart why fields cannot be set: Jira has one text for all of it. */
export function diagnoseField({ facts, query, explanation }: Examined): Found | undefined {
  const errors = Object.entries(facts.errors ?? {});
  const refused = errors.filter(([, text]) => CANNOT_BE_SET.test(text)).map(([field]) => field);
  const [first] = refused;
  if (first === undefined) return undefined;
  const evidence = `Jira says that ${refused.join(', ').slice(0, 120)} cannot be set`;
  // Everybody who may edit an issue may set its summary.
  if (refused.some((field) => field === 'summary' || field === 'description')) {
    return explanation?.verdict.ok === true
      ? {
          cause: 'CS-PERMISSION',
          evidence: `${evidence}: not even a field that is on every screen.`,
          confidence: 'likely',
          fix: 'Give the app user the permission Edit Issues in this project.',
        }
      : {
          cause: 'CS-ANONYMOUS',
          evidence: `${evidence}: not even a field that is on every screen.`,
          confidence: 'likely',
        };
  }
  const computed = refused.find((field) => COMPUTED_FIELDS.has(field));
  if (computed !== undefined) {
    return {
      cause: 'CS-FIELD-READ-ONLY',
      evidence: `${evidence}; Jira computes ${computed}.`,
      confidence: 'certain',
    };
  }
  const ofApp = refused.find((field) => field.includes('__'));
  if (ofApp !== undefined) {
    return {
      cause: 'CS-FIELD-OF-APP',
      evidence: `${evidence}; ${ofApp.slice(0, 80)} is named as a field of an app.`,
      confidence: 'likely',
    };
  }
  const unknown = refused.find(
    (field) => !/^customfield_\d+$/.test(field) && !SYSTEM_FIELDS.has(field),
  );
  if (unknown !== undefined) {
    return {
      cause: 'CS-FIELD-UNKNOWN',
      evidence: `${evidence}; ${unknown.slice(0, 80)} is no id of a field.`,
      confidence: 'likely',
    };
  }
  if (query.get('overrideScreenSecurity') === 'true') {
    return {
      cause: 'CS-FIELD-UNKNOWN',
      evidence: `${evidence}, although overrideScreenSecurity is set.`,
      confidence: 'likely',
    };
  }
  return { cause: 'CS-FIELD-NOT-ON-SCREEN', evidence: `${evidence}.`, confidence: 'likely' };
}

/** What is known once Jira was asked which fields can be set. */
export interface RefusedFields {
  /** The ids that Jira says cannot be set. */
  readonly refused: readonly string[];
  /** All fields of the site, where their list is at hand. */
  readonly fields: readonly JiraField[] | undefined;
  /** The ids of the fields that can be set on the issue: what editmeta has. */
  readonly settable: ReadonlySet<string>;
  readonly overridesScreen: boolean;
  /** Of the app that calls. */
  readonly appKey: string | undefined;
  /** Whether the calling app declares the field, and it shows an issue property. */
  readonly isOwnReadOnly: (field: JiraField) => boolean;
}

const LOCKED_STATUS = 'its workflow status may forbid edits (jira.issue.editable=false)';

/** Tells for certain what the answer alone leaves open. Undefined where it cannot. */
export function diagnoseRefusedFields(known: RefusedFields): Found | undefined {
  const { refused, fields, settable, overridesScreen, appKey, isOwnReadOnly } = known;
  if (settable.size === 0) {
    return {
      cause: 'CS-PERMISSION',
      evidence: 'Jira names no field at all that can be set on this issue now (editmeta is empty).',
      confidence: 'likely',
      fix: `Give the app user the permission Edit Issues in this project; if it has that, ${LOCKED_STATUS}, or the issue has a security level.`,
    };
  }
  const id = refused.find((field) => !settable.has(field));
  if (id === undefined) return undefined;
  const field = fields?.find((each) => each.id === id);
  const name = field === undefined ? id : `${field.name} (${id})`;
  const evidence = `${name.slice(0, 100)} is not among the ${settable.size} fields that can be set on this issue (editmeta)`;
  if (fields !== undefined && field === undefined) {
    return {
      cause: 'CS-FIELD-UNKNOWN',
      evidence: `${evidence}, nor among those that Jira lists to this app (GET /rest/api/3/field).`,
      confidence: 'certain',
    };
  }
  const type = field?.schema?.custom ?? '';
  if (COMPUTED_FIELDS.has(id) || /:readonlyfield$/.test(type)) {
    return { cause: 'CS-FIELD-READ-ONLY', evidence: `${evidence}.`, confidence: 'certain' };
  }
  if (field !== undefined && isOwnReadOnly(field)) {
    return {
      cause: 'CS-FIELD-OF-APP',
      evidence: `${evidence}; the descriptor declares it as read_only.`,
      confidence: 'certain',
      fix: 'It shows an issue property: jira.setField writes that.',
    };
  }
  const owner = /^com\.atlassian\.plugins\.atlassian-connect-plugin:(.+)__/.exec(type)?.[1];
  if (type.startsWith('ari:cloud:ecosystem::') || (owner !== undefined && owner !== appKey)) {
    return {
      cause: 'CS-FIELD-OF-APP',
      evidence: `${evidence}; it belongs to ${owner === undefined ? 'a Forge app' : `the app ${owner.slice(0, 70)}`}.`,
      confidence: 'certain',
      fix:
        owner === undefined
          ? 'A readOnly field of a Forge app is written by that app alone: as that app, use jira.setField (PUT /rest/api/3/app/field/{fieldIdOrKey}/value).'
          : 'Only that app writes it; a read_only field of it shows an issue property.',
    };
  }
  if (overridesScreen) {
    return {
      cause: 'CS-FIELD-NOT-ON-SCREEN',
      evidence: `${evidence}, and overrideScreenSecurity did not help.`,
      confidence: 'likely',
      fix: "Add the project and the issue type to a context of the field: an override reaches a hidden field, and none that the issue's project lacks.",
    };
  }
  return { cause: 'CS-FIELD-NOT-ON-SCREEN', evidence: `${evidence}.`, confidence: 'certain' };
}
