import type { SignalStore, TenantStore } from '@newel/engine'
import { shipped } from '../bounds.ts'
import { sorted } from './reads.ts'
import type { Memory } from './tables.ts'
import { useProof } from './writes.ts'

function raiseRevision(memory: Memory, tenant: string): void {
  const row = memory.tenants.find(tenant)
  if (row !== undefined) memory.tenants.put({ ...row, revision: row.revision + 1 })
}

export const memoryTenants = (memory: Memory): TenantStore => ({
  readTenantRevision: async (tenant) => memory.tenants.find(tenant)?.revision,

  readTenant: async (tenant) => {
    const row = memory.tenants.find(tenant)
    const keys = sorted(memory.tenant_keys.group('tenant', tenant), ({ purpose, epoch }) => [purpose, epoch])
    return row && { ...row, keys }
  },

  listTenants: async () =>
    memory.tenants
      .all()
      .map(({ tenant }) => tenant)
      .sort(),

  declareTenant: async ({ tenant, config, policyVersion, policy, nowMs }) => {
    memory.change(() => {
      const row = memory.tenants.find(tenant)
      if (row === undefined) {
        memory.tenants.insert({
          tenant,
          revision: 1,
          config,
          policyVersion,
          policy,
          modelVersion: shipped,
          model: '{}',
          backgroundVersion: shipped,
          background: undefined,
        })
      } else if (row.config !== config || row.policyVersion !== policyVersion || row.policy !== policy) {
        memory.tenants.put({ ...row, config, policyVersion, policy, revision: row.revision + 1 })
      }
      if (memory.policies.find(tenant, policyVersion) === undefined) {
        memory.policies.insert({ tenant, version: policyVersion, policy, atMs: nowMs })
      }
    })
  },

  createKey: async (key) => {
    memory.change(() => {
      memory.tenant_keys.insert(key)
      raiseRevision(memory, key.tenant)
    })
    return memory.tenant_keys.find(key.tenant, key.purpose, key.epoch) ?? key
  },

  retireKeys: async (tenant, purpose, belowEpoch, atMs) => {
    memory.change(() => {
      for (const key of memory.tenant_keys.group('tenant', tenant)) {
        const serves = key.retiredAtMs === undefined || key.retiredAtMs > atMs
        if (key.purpose !== purpose || key.epoch >= belowEpoch || !serves) continue
        memory.tenant_keys.put({ ...key, retiredAtMs: atMs })
      }
      raiseRevision(memory, tenant)
    })
  },
})

export const memorySignals = (memory: Memory): SignalStore => ({
  recordEnvelope: async (envelope, proof, keep) => {
    const { tenant, jkt, digest } = envelope
    const recorded = memory.change(() => {
      useProof(memory, tenant, proof)
      const standing = sorted(memory.envelopes.group('jkt', tenant, jkt), (row) => [-row.atMs, row.digest])
      for (const row of standing.slice(keep - 1)) memory.envelopes.remove(row)
      memory.envelopes.insert(envelope)
      return envelope
    })
    const found = recorded ?? memory.envelopes.find(tenant, digest)
    return found === undefined ? { lost: true } : { lost: false, envelope: found }
  },
})
