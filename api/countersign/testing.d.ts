// dist/testing/index.d.ts
export { type ConformanceCase, type StoreUnderTest, storeConformance, } from './store-conformance.ts';

// dist/testing/store-conformance.d.ts
import type { InstallationStore } from '../installations/store.ts';
export interface ConformanceCase {
    readonly name: string;
    run(): Promise<void>;
}
export interface StoreUnderTest {
    create(): Promise<InstallationStore> | InstallationStore;
    dispose?(store: InstallationStore): Promise<void> | void;
}
export declare function storeConformance({ create, dispose }: StoreUnderTest): readonly ConformanceCase[];

// dist/installations/store.d.ts
import type { InstallationRecord } from './installation.ts';
export interface ListOptions {
    after?: string;
    limit?: number;
}
export interface InstallationStore {
    get(clientKey: string): Promise<InstallationRecord | undefined>;
    getNow?(clientKey: string): InstallationRecord | undefined;
    put(record: InstallationRecord): Promise<boolean>;
    delete(clientKey: string): Promise<void>;
    list(options?: ListOptions): Promise<InstallationRecord[]>;
    findBySiteUrl(siteUrl: string): Promise<InstallationRecord[]>;
    claimOnce(id: string, expiresAt: number): Promise<boolean>;
    close?(): Promise<void>;
}

// dist/installations/installation.d.ts
export interface Installation {
    readonly clientKey: string;
    readonly appKey: string;
    readonly siteUrl: string;
    readonly status: 'installed' | 'uninstalled';
    readonly enabled: boolean;
    readonly installedAt: number;
    readonly changedAt: number;
    readonly enabledChangedAt: number;
    readonly payload: Readonly<Record<string, unknown>>;
}
export interface InstallationRecord extends Installation {
    readonly sharedSecret: string;
    readonly revision: number;
}
export declare function withoutSecret(record: InstallationRecord): Installation;
export declare function refuseForeignRecord(record: InstallationRecord, appKey: string): void;
