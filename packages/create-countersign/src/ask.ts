import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import { type Choices, defaults, frameworks, hosts, stores } from './choices.ts';
import { Failure } from './failure.ts';
import { complaintAbout } from './folder.ts';
import { namesOf } from './names.ts';

/**
 * Asks for what is not chosen yet.
 *
 * @throws Failure when it is called off.
 */
export async function ask(chosen: Partial<Choices>): Promise<Choices> {
  intro('A new app for Jira Cloud');
  return {
    folder: chosen.folder ?? (await askFolder()),
    host: chosen.host ?? (await askOne('Where does it run in Jira?', hosts)),
    framework: chosen.framework ?? (await askOne('Which framework?', frameworks)),
    store: chosen.store ?? (await askOne('Where are installations kept?', stores)),
  };
}

async function askFolder(): Promise<string> {
  const answer = await text({
    message: 'In which folder?',
    placeholder: defaults.folder,
    defaultValue: defaults.folder,
    validate: (value) => {
      try {
        const folder = value || defaults.folder;
        namesOf(folder);
        return complaintAbout(folder);
      } catch (error) {
        return error instanceof Failure ? error.message : String(error);
      }
    },
  });
  return answered(answer);
}

async function askOne<Name extends string>(
  message: string,
  known: Readonly<Record<Name, string>>,
): Promise<Name> {
  const options = (Object.entries(known) as [Name, string][]).map(([value, label]) => ({
    value,
    label,
  }));
  return answered(await select<string>({ message, options })) as Name;
}

function answered<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  cancel('Nothing was written.');
  throw new Failure(1, '');
}
