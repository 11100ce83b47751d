import { setTimeout as sleep } from 'node:timers/promises';
import { DescriptorUnavailable } from './hosts/connect/descriptor.ts';
import type { InstallOutcome } from './hosts/connect/lifecycle.ts';
import type { Sandbox } from './sandbox.ts';

export interface InstallPlan {
  sandbox: Sandbox;
  descriptorUrl: string;
  signal: AbortSignal;
}

const patienceMs = 30_000;
const pauseMs = 250;

/** Installs once the descriptor answers. An app that answers and refuses is not asked again. */
export async function installWhenReady(plan: InstallPlan): Promise<InstallOutcome> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await plan.sandbox.installIfChanged(plan.descriptorUrl);
    } catch (error) {
      if (!(error instanceof DescriptorUnavailable) || Date.now() >= deadline) throw error;
    }
    await sleep(pauseMs, undefined, { signal: plan.signal });
  }
}
