/** What a real atlassian-connect-express 11.5.3 writes, taken from a database of its own. */

export const SITE = 'https://example.atlassian.net';

/** The body of an installed callback, as the framework stores it. */
export function clientInfo(
  clientKey: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    key: 'panel-app',
    clientKey,
    publicKey: 'unused',
    sharedSecret: `secret-of-${clientKey}`,
    baseUrl: SITE,
    displayUrl: SITE,
    productType: 'jira',
    eventType: 'installed',
    ...change,
  };
}

/** The tables as Sequelize 6 makes them, in the words of each database. */
export const SQLITE_TABLES = `
  CREATE TABLE \`AddonSettings\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`clientKey\` VARCHAR(255), \`key\` VARCHAR(255), \`val\` JSON);
  CREATE INDEX \`addon_settings_client_key_key\` ON \`AddonSettings\` (\`clientKey\`, \`key\`);
  CREATE TABLE \`InstallationClientKeys\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`installationId\` VARCHAR(255) NOT NULL, \`clientKey\` VARCHAR(255) NOT NULL);
  CREATE TABLE \`ForgeSettings\` (\`id\` INTEGER PRIMARY KEY AUTOINCREMENT, \`installationId\` VARCHAR(255) NOT NULL, \`key\` VARCHAR(255) NOT NULL, \`val\` JSON NOT NULL);
`;

export const POSTGRES_TABLES = `
  CREATE TABLE "AddonSettings" ("id" SERIAL, "clientKey" VARCHAR(255), "key" VARCHAR(255), "val" JSON, PRIMARY KEY ("id"));
  CREATE INDEX "addon_settings_client_key_key" ON "AddonSettings" ("clientKey", "key");
  CREATE TABLE "InstallationClientKeys" ("id" SERIAL, "installationId" VARCHAR(255) NOT NULL, "clientKey" VARCHAR(255) NOT NULL, PRIMARY KEY ("id"));
  CREATE TABLE "ForgeSettings" ("id" SERIAL, "installationId" VARCHAR(255) NOT NULL, "key" VARCHAR(255) NOT NULL, "val" JSON NOT NULL, PRIMARY KEY ("id"));
`;

export const MYSQL_TABLES = `
  CREATE TABLE \`AddonSettings\` (\`id\` INTEGER NOT NULL auto_increment, \`clientKey\` VARCHAR(255), \`key\` VARCHAR(255), \`val\` JSON, PRIMARY KEY (\`id\`)) ENGINE=InnoDB;
  CREATE INDEX \`addon_settings_client_key_key\` ON \`AddonSettings\` (\`clientKey\`, \`key\`);
  CREATE TABLE \`InstallationClientKeys\` (\`id\` INTEGER NOT NULL auto_increment, \`installationId\` VARCHAR(255) NOT NULL, \`clientKey\` VARCHAR(255) NOT NULL, PRIMARY KEY (\`id\`)) ENGINE=InnoDB;
  CREATE TABLE \`ForgeSettings\` (\`id\` INTEGER NOT NULL auto_increment, \`installationId\` VARCHAR(255) NOT NULL, \`key\` VARCHAR(255) NOT NULL, \`val\` JSON NOT NULL, PRIMARY KEY (\`id\`)) ENGINE=InnoDB;
`;
