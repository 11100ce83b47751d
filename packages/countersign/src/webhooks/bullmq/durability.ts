import type { RedisConnection } from '../../installations/key-value/redis-connection.ts';

/**
 * Why a delivery that was acknowledged could be lost, by the settings of the server. Many providers let nobody read them:
 * then nothing is known, and nothing said.
 */
export async function durabilityGaps({ run }: RedisConnection): Promise<string[]> {
  const settingOf = (name: string) =>
    run((client) => client.config('GET', name)).then(
      (answer) => (answer as string[])[1],
      () => undefined,
    );
  const [appendonly, appendfsync, policy] = await Promise.all(
    ['appendonly', 'appendfsync', 'maxmemory-policy'].map(settingOf),
  );
  const gaps: string[] = [];
  if (appendonly === 'no') {
    gaps.push('appendonly is no: what came after the last snapshot is lost when Redis ends');
  } else if (appendonly === 'yes' && appendfsync !== undefined && appendfsync !== 'always') {
    gaps.push(`appendfsync is ${appendfsync}: a power cut loses the last second, or more`);
  }
  if (policy !== undefined && policy !== 'noeviction') {
    gaps.push(`maxmemory-policy is ${policy}: Redis drops deliveries when its memory is full`);
  }
  return gaps;
}
