export type * from './facts.ts'
export type * from './stores/index.ts'

// Deciding
export { coinSides } from './decide/audit.ts'
export { decide } from './decide/decide.ts'
export { extractFeatures } from './decide/features.ts'
export { engineVersion, factsOfRecord, featuresOfRecord, maxRecordBytes, recompute } from './decide/record.ts'
export type {
  DecisionInput,
  DecisionOutput,
  DecisionProblem,
  Required,
  SubjectInput,
  SubjectState,
  Verdicts,
} from './decide/types.ts'

// Explaining
export { explainDecision, type Explanation, type Explained } from './explain/explain.ts'
export { textOfReason } from './explain/text.ts'
export type { AuditorView } from './explain/auditor.ts'
export type { DeveloperView } from './explain/developer.ts'

// Behaviour
export { behaviourFacts, type SeenBehaviour } from './behaviour/facts.ts'
export { habitBytes, habitNats, habitSpreads, type Dimension, type Spread } from './behaviour/habit.ts'
export { freeTextDimensions } from './signals/free-text.ts'
export { pointerDimensions } from './signals/pointer.ts'

// Policy
export { resolveAction } from './policy/actions.ts'
export { canonicalAction } from './policy/canonical.ts'
export { compilePolicy } from './policy/compile.ts'
export { defaultAuditShare, defaultPolicy } from './policy/default.ts'
export { renderDisplay } from './policy/display.ts'
export { didYouMean } from './policy/nearest.ts'
export { outlinePolicy, type ActionOutline, type BandOutline } from './policy/outline.ts'
export { policyWarnings } from './policy/warnings.ts'
export type { CompiledPolicy, CompileResult, PolicyError, ResolvedAction } from './policy/types.ts'

// Rules
export { factsByName, type FactType, type RuleFact } from './rules/facts.ts'
export { checkFacts, givenFacts, rulesOn, type GivenFacts } from './rules/given.ts'
export type { CompiledRule, RuleVerdict } from './rules/rules.ts'

// Answering
export * from './challenge/index.ts'

// Learning
export { foldProfile, type FoldOptions } from './profile/fold.ts'
export { readProfile, type ReadProfile } from './profile/read.ts'

// Typing: what evaluations run, and what servers encode with
export { codesOf, encodeText, maxKeys, minKeys, type Codes } from './typing/codes.ts'
export { distancesTo, type Distances, type Template } from './typing/compare.ts'
export { relativeScore, shippedCalibration, typingNats, type Calibration } from './typing/calibration.ts'
export { learnText, type Lesson } from './typing/learn.ts'
export { typingSlots } from './typing/profile.ts'
export { isJitterless, isReplayOf } from './typing/rhythm.ts'
export { rowsOf, type Row } from './typing/rows.ts'
export type { Kind, Slot } from './typing/slot.ts'
export { thresholdOf } from './typing/threshold.ts'

// Model and background
export type { Background, BackgroundTier, BackgroundTierName } from './background/background.ts'
export { shippedBackground, shippedBackgroundVersion } from './background/shipped.ts'
export { shippedModel, shippedModelVersion, type Model } from './model/model.ts'

// Arithmetic, for the vectors that every runtime has to meet; not under semantic versioning
export { combine } from './evidence/combine.ts'
export { tierNats } from './evidence/frequency.ts'
export { backgroundProbability, hourProbability } from './background/probability.ts'
export type { Evidence, Group } from './evidence/groups.ts'
export { exp } from './math/exp.ts'
export { ln } from './math/ln.ts'
export { lnMixed, logistic } from './math/logistic.ts'
export { pow } from './math/pow.ts'
export { distanceKm, type Point } from './math/sphere.ts'
