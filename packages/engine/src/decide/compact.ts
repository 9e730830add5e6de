import type { ClientFacts, DeviceFacts, Facts, NetworkFacts } from '../facts.ts'
import { componentCharacters, fingerprintComponentNames } from '../signals/fingerprint-components.ts'

const clip = (text: string, max: number): string => text.slice(0, max)

const digestStart = /^[A-Za-z0-9_-]{4}/

function compactFingerprint(
  fingerprint: NonNullable<DeviceFacts['fingerprint']>,
): NonNullable<DeviceFacts['fingerprint']> {
  const components: Record<string, string> = {}
  for (const name of fingerprintComponentNames) {
    const digest = Object.hasOwn(fingerprint.components, name) ? fingerprint.components[name] : undefined
    if (digest !== undefined && digestStart.test(digest)) components[name] = clip(digest, componentCharacters)
  }
  return { library: clip(fingerprint.library, 16), components }
}

function compactClient(client: ClientFacts): ClientFacts {
  return {
    ...client,
    browser: clip(client.browser, 32),
    os: clip(client.os, 32),
    osVersion: clip(client.osVersion, 16),
    ...(client.userAgent === undefined ? {} : { userAgent: clip(client.userAgent, 12) }),
    ...(client.languages === undefined ? {} : { languages: clip(client.languages, 96) }),
    ...(client.timezone === undefined ? {} : { timezone: clip(client.timezone, 64) }),
  }
}

const compactNetwork = (network: NetworkFacts): NetworkFacts => ({
  ...network,
  ...(network.prefix === undefined ? {} : { prefix: clip(network.prefix, 49) }),
  ...(network.address === undefined ? {} : { address: clip(network.address, 12) }),
  ...(network.country === undefined ? {} : { country: clip(network.country, 2) }),
})

/**
 * Facts cut to what comparators read: texts to a length that no honest value exceeds, fingerprints to the components that
 * are compared. Evidence is computed from these alone, so that a record holds exactly what was read.
 */
export function compactFacts(facts: Facts): Facts {
  const { fingerprint } = facts.device
  return {
    ...facts,
    device: {
      ...facts.device,
      ...(fingerprint === undefined ? {} : { fingerprint: compactFingerprint(fingerprint) }),
    },
    network: compactNetwork(facts.network),
    client: compactClient(facts.client),
  }
}
