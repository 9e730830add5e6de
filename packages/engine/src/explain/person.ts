import type { MethodName } from '@newel/protocol'
import type { Judgement } from '../decide/judge.ts'
import type { Situation } from '../decide/situation.ts'

const byMethod: Readonly<Record<MethodName, string>> = {
  email: 'a code sent to your mail address',
  totp: 'a code from your authenticator app',
  passkey: 'your passkey',
}

const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)!}`

/**
 * Why it was asked, as far as the person may know: what belongs to the action, the account and the device. What was noticed
 * of network, place, time, behaviour or tools is one sentence, which names none of them: it would teach whoever is not the person.
 */
function causes({ state, facts }: Situation, { risk, merged }: Judgement): readonly string[] {
  const given = new Set<string>([...merged.voices.map(({ reason }) => reason), ...risk.reasons])
  const said: string[] = []
  if (given.has('action_floor') || given.has('caller_requirement')) said.push('This step always asks for it.')
  if (given.has('sticky_demand')) said.push('An earlier request of the last day was not confirmed.')
  if (given.has('device_key_unknown') || given.has('device_weakly_known') || given.has('subject_enrolling'))
    said.push('This browser is not one that your account has confirmed before.')
  if (given.has('random_audit'))
    said.push(
      'Now and then somebody is asked by chance, to see that the protection works. Nothing was wrong.',
    )
  if (given.has('subject_unseen') || state === 'unseen')
    said.push('Your account has not been used with this protection before.')
  if (given.has('session_key_changed')) said.push('You signed in with another browser than this one.')
  const other = risk.counted.some(
    ({ code, micro }) => micro > 0 && !['device_key_unknown', 'device_key_ephemeral'].includes(code),
  )
  const unusual = other || facts.client.webdriver === true || given.has('receipt_replayed')
  if (said.length === 0 || (unusual && risk.level !== 'low'))
    said.push('Something about this request is unlike how your account is used.')
  return said
}

/** Plain sentences for a prompt or a support page. */
export function forPerson(situation: Situation, judgement: Judgement): readonly string[] {
  const { found } = judgement
  if (found.decision === 'allow')
    return found.more.includes('session_assurance')
      ? ['Nothing was asked: you confirmed that it is you a short while ago.']
      : ['Nothing was asked.']
  if (found.problem === 'signals_required')
    return [
      'The page could not show which browser it runs in, so nothing could be asked.',
      'Reload the page. If it goes on, allow the site to store data, and look whether an extension blocks its scripts.',
    ]
  if (found.problem === 'insufficient_user_authentication')
    return [
      `You were asked to confirm that it is you, with ${list((found.required?.methods ?? []).map((method) => byMethod[method]))}.`,
      ...causes(situation, judgement),
      'If you did not start this, do not confirm it, and tell us.',
    ]
  if (found.problem === 'unmet_authentication_requirements')
    return [
      'This needs a stronger way to confirm that it is you than your account has.',
      'Add a passkey or an authenticator app to your account, or ask support.',
    ]
  return ['This was not allowed, to protect the account.', 'If it was you, ask support; they can see why.']
}
