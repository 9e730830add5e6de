/**
 * Reason codes: stable, shared by evidence, floors and policy. The text is for a developer reading a decision; evidence
 * keeps the numbers.
 */
export const reasons = {
  // Device
  device_key_proven: 'The device key is on record for this account and was proven in this request.',
  device_key_unknown: 'The device key is not on record for this account, which has others.',
  device_key_ephemeral: 'The device key lives in memory only.',
  device_weakly_known: 'This device is on record by a mailed code or by the word of the back end alone.',
  device_forgotten: 'A device on record had to make room for newer ones.',
  fingerprint_familiar: 'The browser is built like one that this account uses.',
  fingerprint_drifted: 'The browser differs in some components from the ones this account uses.',
  fingerprint_unfamiliar: 'The browser is built unlike those that this account uses.',
  screen_familiar: 'The screen is one that this account uses.',
  screen_unfamiliar: 'The screen is not one that this account uses.',
  // Network
  prefix_familiar: 'The network prefix is one that this account uses.',
  asn_familiar: 'The network operator is one that this account uses.',
  country_familiar: 'The country is one that this account is used from.',
  network_unfamiliar: 'The network is not one that this account uses.',
  country_unfamiliar: 'The country is not one that this account is used from.',
  timezone_familiar: 'The time zone is one that this account is used in.',
  timezone_unfamiliar: 'The time zone is not one that this account is used in.',
  timezone_elsewhere: 'No clock of the country of the address shows the offset that the browser does.',
  place_familiar: 'The network is new and near to where this account is used.',
  place_unfamiliar: 'The address is far from where this account is used.',
  travel_fast: 'Nobody travels as fast as between the last sign-in and this one.',
  travel_impossible: 'Nobody travels as fast, and nothing that is known of either address explains it.',
  round_trip_long: 'The browser takes longer to answer than it usually does from this network.',
  round_trip_short: 'The browser answered faster than light comes from where databases place its address.',
  address_mismatch: 'The browser reached Newel and the application from different addresses.',
  // Client
  client_familiar: 'Browser and system are those that this account uses.',
  client_unfamiliar: 'Browser or system are not those that this account uses.',
  client_downgraded: 'The browser is older than one that this account used on this kind of client.',
  language_familiar: 'The languages are those that this account uses.',
  language_unfamiliar: 'The languages are not those that this account uses.',
  // Time
  time_familiar: 'The hour of the week is one that this account is used at.',
  time_unfamiliar: 'The hour of the week is unusual for this account.',
  gap_long: 'The account was not used for far longer than usual.',
  session_idle: 'The session lay unused as long as this account seldom leaves one.',
  // Behaviour
  typing_familiar: 'The text was typed in the rhythm of this account.',
  typing_unfamiliar: 'The text was typed in another rhythm than that of this account.',
  typing_new_way: 'The text was never typed with such a keyboard, clock or length on this account.',
  // Absence
  signal_missing: 'A signal that this account usually gives on this kind of client was not given.',
  signals_missing: 'The envelope lacks signals that the policy asks for.',
  // Attack
  recent_failures: 'Sign-ins to this account failed lately.',
  device_failures: 'Sign-ins from this device key failed lately.',
  prefix_failures: 'Sign-ins from this network prefix failed lately.',
  spray_prefix: 'Sign-ins to many accounts failed lately from this network prefix.',
  spray_device: 'Sign-ins to several accounts failed lately from this device key.',
  spray_client: 'Sign-ins to many accounts failed lately with this browser from this part of the network.',
  spray_operator: 'Sign-ins to many accounts failed lately from this network operator.',
  spray_fingerprint: 'Sign-ins to several accounts failed lately from a browser that looks like this one.',
  action_burst: 'This account did more lately that is worth protecting than people do.',
  session_burst: 'More sessions of this account began lately than people begin.',
  session_concurrent: 'More devices use this account at this time than people use at once.',
  session_timeouts: 'Sessions of this account were left until they timed out.',
  address_blocked: 'A list of attacking addresses names the address.',
  address_anonymiser: 'The address hides who is behind it, as this account seldom does.',
  address_datacenter: 'The address belongs to a data centre, where this account seldom comes from.',
  client_contradicts: 'Header, client hints and page name different systems.',
  webdriver: 'The browser says that a program drives it.',
  typing_replayed: 'The text was typed as it was typed before, to the millisecond.',
  typing_jitterless: 'The text was typed as evenly as only programs type.',
  // Floors
  session_key_changed: 'The session was started with another device key.',
  receipt_replayed: 'The receipt belongs to another account or session.',
  proof_reused: 'The proof of possession was used before.',
  sticky_demand: 'An earlier decision of the last 24 hours asked for more and was not met.',
  // Subject states
  subject_new: 'The account was created within this session.',
  subject_unseen: 'The account is older than anything known about it.',
  subject_enrolling: 'The account has too little history yet, and this device has no strong proof.',
  // Learning
  device_granted: 'This device passed a challenge for this account before.',
  // Policy
  action_floor: 'The policy asks this much for the action whatever the risk.',
  band: 'The policy asks this much for the risk band.',
  caller_requirement: 'The back end asked for this much.',
  session_assurance: 'The session holds a fresh enough proof by this device key.',
  unmet: 'The account has no method that satisfies the requirement.',
  observe: 'The tenant observes: the decision was made and not enforced.',
  random_audit: 'Drawn at random among what nothing else asks anything of.',
  rule_failed: 'A rule of the policy could not be evaluated, and counts as if it held.',
} as const
export type ReasonCode = keyof typeof reasons
