import { absence } from './absence.ts'
import { addressMismatch } from './address-mismatch.ts'
import { automation } from './automation.ts'
import { client } from './client.ts'
import type { Comparator } from './comparator.ts'
import { concurrent } from './concurrent.ts'
import { contradiction } from './contradiction.ts'
import { deviceKey } from './device-key.ts'
import { failures } from './failures.ts'
import { fingerprint } from './fingerprint.ts'
import { freeText } from './free-text.ts'
import { gap } from './gap.ts'
import { idle } from './idle.ts'
import { language } from './language.ts'
import { navigation } from './navigation.ts'
import { network } from './network.ts'
import { pointer } from './pointer.ts'
import { reputation } from './reputation.ts'
import { roundTrip } from './round-trip.ts'
import { screen } from './screen.ts'
import { syntheticTyping } from './synthetic-typing.ts'
import { time } from './time.ts'
import { timezone } from './timezone.ts'
import { travel } from './travel.ts'
import { typing } from './typing.ts'
import { unknownKey } from './unknown-key.ts'
import { velocity } from './velocity.ts'
import { version } from './version.ts'
import { webdriver } from './webdriver.ts'

/** The only list of comparators. Each knows its own state; to the list it is opaque. */
export const comparators: readonly Comparator<unknown>[] = [
  absence,
  addressMismatch,
  automation,
  client,
  concurrent,
  contradiction,
  deviceKey,
  failures,
  fingerprint,
  freeText,
  gap,
  idle,
  language,
  navigation,
  network,
  pointer,
  reputation,
  roundTrip,
  screen,
  syntheticTyping,
  time,
  timezone,
  travel,
  typing,
  unknownKey,
  velocity,
  version,
  webdriver,
] as readonly Comparator<unknown>[]
