/**
 * A text as atlassian-connect-express hands it to the app: parsed if it is JSON, else as it is.
 *
 * @see getAsObject in its lib/store/utils.js
 */
export function readValue(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * A value of a JSON column, which Sequelize parses and the framework parses once more: what an app has made JSON of
 * itself comes back as an object.
 */
export function readColumn(value: unknown): unknown {
  return readValue(readValue(value));
}
