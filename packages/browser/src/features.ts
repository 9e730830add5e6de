// Feature extraction: code without DOM, which servers, tools and tests run as pages do. What goes in are times, positions
// and classes; no function here is ever handed a key, a character or the content of a field.
export { canonicalText, digestComponents, type Component } from './features/components.ts'
export { isText, pressClassOf, pressClasses, type KeyPress, type PressClass } from './features/presses.ts'
export { createAutomation, type Automation } from './features/automation.ts'
export { freeTextSummary, leastFreeTextKeys, type FreeTextSummary } from './features/free-text.ts'
export {
  createJourney,
  fieldKind,
  pageKind,
  type FieldManner,
  type FieldStep,
  type Journey,
  type NavigationSummary,
  type PageStep,
} from './features/navigation.ts'
export { createStrokes, type PointerSample, type PointerSummary, type Strokes } from './features/pointer.ts'
export { quantiles } from './features/quantiles.ts'
export { smallestStepUs, timerResolutionUs } from './features/timer.ts'
export {
  createCadence,
  type Cadence,
  type CadenceSample,
  type FieldChange,
  type Unusable,
} from './features/typing.ts'
