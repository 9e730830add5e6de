// The engine must give equal bits on every runtime (design, section 4). IEEE 754 fixes + − × ÷ and the square
// root; everything that an implementation may round its own way, and everything that reads a clock, a random
// source or a locale, is refused here. `packages/engine/src/math` has the own ln, exp and pow.
const exactMath = ['abs', 'floor', 'ceil', 'round', 'trunc', 'sqrt', 'min', 'max', 'imul', 'clz32', 'sign']
const allowed = exactMath.join('|')

const globals = [
  ['globalThis', 'What it holds escapes the determinism rule.'],
  ['Intl', 'Locale data differs between runtimes.'],
  ['performance', 'The clock is an argument.'],
  ['crypto', 'Randomness is an argument.'],
]

const restricted = [
  {
    selector: `MemberExpression[object.name='Math'][computed=false]:not([property.name=/^(${allowed})$/])`,
    message: `Only Math.${exactMath.join(', Math.')} are exact on every runtime; ln, exp and pow are in engine/src/math.`,
  },
  {
    selector: "MemberExpression[object.name='Math'][computed=true]",
    message: 'Name the Math function, so that lint can see whether it is exact.',
  },
  {
    selector:
      ":matches(VariableDeclarator[init.name='Math'], AssignmentExpression[right.name='Math'], CallExpression > Identifier.arguments[name='Math'])",
    message: 'Math under another name escapes the determinism rule.',
  },
  {
    selector: "BinaryExpression[operator='**']",
    message: '`**` is not exact on every runtime: use pow of engine/src/math.',
  },
  {
    selector: "AssignmentExpression[operator='**=']",
    message: '`**=` is not exact on every runtime: use pow of engine/src/math.',
  },
  { selector: "MemberExpression[object.name='Date']", message: 'The clock is an argument of the engine.' },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The clock is an argument of the engine.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'The clock is an argument of the engine.' },
  {
    selector: 'MemberExpression[property.name=/^(toLocale\\w*|localeCompare)$/]',
    message: 'Locale data differs between runtimes: compare code units.',
  },
]

/** @type {import('eslint').Linter.Config} */
export const determinism = {
  name: 'newel/determinism',
  files: ['packages/engine/src/**/*.ts'],
  rules: {
    'no-restricted-syntax': ['error', ...restricted],
    'no-restricted-globals': ['error', ...globals.map(([name, message]) => ({ name, message }))],
  },
}
