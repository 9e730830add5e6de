import type { ASTNode } from '@marcbachmann/cel-js'
import { nearestName } from '../policy/nearest.ts'
import { factsByName, ruleFacts } from './facts.ts'
import type { ParamScope } from './params.ts'

/** What is wrong with an expression. */
export interface Mistake {
  /** Characters before it. */
  readonly at: number
  readonly message: string
  /** The name that was probably meant. */
  readonly suggestion?: string
}

export interface Inspection {
  readonly mistakes: readonly Mistake[]
  /** Facts that are read, by full name. */
  readonly reads: readonly string[]
  /** Facts that `has(…)` is asked of. */
  readonly guarded: readonly string[]
}

/**
 * What an expression may call. Left out: regular expressions (unbounded time), dates, zones and conversions to text (their
 * results are the runtime's), and what builds values.
 */
const functions = ['has', 'size', 'int', 'double', 'decimal']
const methods = ['startsWith', 'endsWith', 'contains', 'size', 'exists', 'all']
const operators = [
  '&&',
  '||',
  '!_',
  '-_',
  '?:',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
]

interface Scope {
  /** Variables of the comprehensions around this place, with the fact whose elements they stand for, where it is one. */
  readonly locals: ReadonlyMap<string, string | undefined>
}

const paramPrefix = 'params.'
const isFact = (name: string): boolean => factsByName.has(name)

/**
 * Walks an expression once: names, calls, and texts that are compared with facts of few values.
 *
 * @param params those that it may read
 */
export function inspect(root: ASTNode, params?: ParamScope): Inspection {
  const mistakes: Mistake[] = []
  const reads = new Set<string>()
  const guarded = new Set<string>()

  function complain(node: ASTNode, message: string, written?: string, known: readonly string[] = []): void {
    const suggestion = written === undefined ? undefined : nearestName(written, known)
    mistakes.push({ at: node.start, message, ...(suggestion === undefined ? {} : { suggestion }) })
  }

  /** The fact that a node names, where it is one. */
  function factOf(node: ASTNode, { locals }: Scope): string | undefined {
    if (node.op !== '.') return undefined
    const [left, member] = node.args
    if (left.op !== 'id' || locals.has(left.args)) return undefined
    return `${left.args}.${member}`
  }

  /** Whether a node is a list. Variables never are, as there are no lists of lists. */
  function isList(node: ASTNode, scope: Scope): boolean {
    if (node.op === 'list') return true
    if (node.op === '?:') return node.args.slice(1).some((branch) => isList(branch, scope))
    const name = factOf(node, scope)
    return name !== undefined && factsByName.get(name)?.type.startsWith('list') === true
  }

  const typeOf = (name: string): string | undefined =>
    name.startsWith(paramPrefix)
      ? params?.types.get(name.slice(paramPrefix.length))
      : factsByName.get(name)?.type

  /** Whether a node is a text: of what a page or a caller wrote, only `decimal` makes a number. */
  function isText(node: ASTNode, within: Scope): boolean {
    if (node.op === 'value') return typeof node.args === 'string'
    if (node.op === 'id') return within.locals.has(node.args)
    if (node.op === '?:') return node.args.slice(1).some((branch) => isText(branch, within))
    if (node.op === '+') return node.args.some((operand) => isText(operand, within))
    const name = factOf(node, within)
    return name !== undefined && typeOf(name) === 'string'
  }

  /** Whether a node is a decimal, of which a division by zero is no error but a number that compares with none. */
  function isDecimal(node: ASTNode, scope: Scope): boolean {
    if (node.op === 'value') return typeof node.args === 'number'
    if (node.op === 'call') return node.args[0] === 'double' || node.args[0] === 'decimal'
    if (node.op === '-_') return isDecimal(node.args, scope)
    if (node.op === '?:') return node.args.slice(1).some((branch) => isDecimal(branch, scope))
    if (node.op === '+' || node.op === '-' || node.op === '*' || node.op === '/')
      return node.args.some((operand) => isDecimal(operand, scope))
    const name = factOf(node, scope)
    return name !== undefined && typeOf(name) === 'double'
  }

  function readParam(node: ASTNode, name: string): void {
    const member = name.slice(paramPrefix.length)
    if (params === undefined) {
      complain(node, 'a rule that reads params names the actions that declare them: add "actions"')
      return
    }
    if (params.types.has(member)) {
      reads.add(name)
      return
    }
    const known = [...params.types.keys()]
    const why = params.refused.get(member) ?? 'no action of the rule declares such a param'
    const near = nearestName(member, known)
    mistakes.push({
      at: node.start,
      message: `"${name}" cannot be read: ${why}; known are ${known.map((each) => paramPrefix + each).join(', ') || 'none'}`,
      ...(near === undefined ? {} : { suggestion: paramPrefix + near }),
    })
  }

  /** Lists are as long as they are written or declared: what builds longer ones would take time without bound. */
  function list(node: ASTNode & { op: 'list' }, scope: Scope): void {
    if (node.args.some((element) => isList(element, scope))) complain(node, 'a list of lists is not allowed')
    if (scope.locals.size > 0 && node.args.some(({ op }) => op !== 'value'))
      complain(node, 'a list inside a comprehension has plain values only')
    for (const element of node.args) walk(element, scope)
  }

  function readFact(node: ASTNode, name: string): void {
    if (name.startsWith(paramPrefix)) {
      readParam(node, name)
      return
    }
    if (isFact(name)) {
      reads.add(name)
      return
    }
    const [group = '', member = ''] = name.split('.')
    if (!Object.hasOwn(ruleFacts, group)) {
      complain(node, `there are no facts called "${group}"`, group, Object.keys(ruleFacts))
      return
    }
    const known = [...factsByName.keys()].filter((fact) => fact.startsWith(`${group}.`))
    const members = known.map((fact) => fact.slice(group.length + 1))
    const near = nearestName(member, members)
    mistakes.push({
      at: node.start,
      message: `there is no fact "${name}"; known are ${known.join(', ')}`,
      ...(near === undefined ? {} : { suggestion: `${group}.${near}` }),
    })
  }

  function compare(fact: ASTNode, text: ASTNode, scope: Scope): void {
    const name = fact.op === 'id' ? scope.locals.get(fact.args) : factOf(fact, scope)
    const values = name === undefined ? undefined : factsByName.get(name)?.values
    if (values === undefined) return
    const written = text.op === 'list' ? text.args : [text]
    for (const node of written) {
      if (node.op !== 'value' || typeof node.args !== 'string' || values.includes(node.args)) continue
      complain(
        node,
        `"${name!}" is never "${node.args}"; it is one of ${values.join(', ')}`,
        node.args,
        values,
      )
    }
  }

  function comprehension(node: ASTNode, receiver: ASTNode, args: readonly ASTNode[], scope: Scope): void {
    const [variable, predicate] = args
    if (scope.locals.size > 0) complain(node, 'one comprehension inside another is not allowed')
    walk(receiver, scope)
    if (variable?.op !== 'id' || predicate === undefined) {
      complain(node, 'expected a name and a condition, as in list.exists(item, item == "x")')
      return
    }
    walk(predicate, { locals: new Map([...scope.locals, [variable.args, factOf(receiver, scope)]]) })
  }

  function call(node: ASTNode & { op: 'call' }, scope: Scope): void {
    const [name, args] = node.args
    if (!functions.includes(name)) {
      complain(node, `"${name}" cannot be called here; known are ${functions.join(', ')}`, name, functions)
      return
    }
    if ((name === 'int' || name === 'double') && args.some((arg) => isText(arg, scope)))
      complain(node, `"${name}" takes numbers: a text that is a decimal is read by decimal(…)`)
    if (name !== 'has') {
      for (const arg of args) walk(arg, scope)
      return
    }
    const asked = args[0] === undefined ? undefined : factOf(args[0], scope)
    if (asked === undefined || args[0] === undefined) {
      complain(node, 'has(…) is asked of a fact, as in has(network.country)')
      return
    }
    readFact(args[0], asked)
    guarded.add(asked)
  }

  function method(node: ASTNode & { op: 'rcall' }, scope: Scope): void {
    const [name, receiver, args] = node.args
    if (!methods.includes(name)) {
      complain(node, `".${name}" cannot be called here; known are ${methods.join(', ')}`, name, methods)
      return
    }
    if (name === 'exists' || name === 'all') {
      comprehension(node, receiver, args, scope)
      return
    }
    walk(receiver, scope)
    for (const arg of args) walk(arg, scope)
  }

  function walk(node: ASTNode, scope: Scope): void {
    switch (node.op) {
      case 'value':
        if (!['string', 'number', 'bigint', 'boolean'].includes(typeof node.args))
          complain(node, 'only texts, numbers, true and false can be written here')
        return
      case 'id':
        if (scope.locals.has(node.args)) return
        if (node.args === 'params') complain(node, 'name one of the params, as in params.amount')
        else if (Object.hasOwn(ruleFacts, node.args)) {
          complain(node, `"${node.args}" is a group of facts: name one of them, as in ${firstOf(node.args)}`)
        } else {
          complain(node, `there are no facts called "${node.args}"`, node.args, [...factsByName.keys()])
        }
        return
      case '.': {
        const name = factOf(node, scope)
        if (name === undefined) complain(node, 'facts have no members')
        else readFact(node, name)
        return
      }
      case 'call':
        call(node, scope)
        return
      case 'rcall':
        method(node, scope)
        return
      case 'list':
        list(node, scope)
        return
      default:
        operator(node, scope)
    }
  }

  function operator(node: ASTNode, scope: Scope): void {
    if (!operators.includes(node.op)) {
      complain(node, `"${node.op}" is not allowed here`)
      return
    }
    const operands = (Array.isArray(node.args) ? node.args : [node.args]) as readonly ASTNode[]
    const [left, right] = operands
    if (node.op === '/' && right !== undefined && isDecimal(right, scope) && !isWritten(right))
      complain(
        node,
        'decimals are divided by a number that is written here and not 0: multiply the other side',
      )
    if (node.op === '+' && operands.some((operand) => isList(operand, scope)))
      complain(node, 'lists cannot be joined')
    if (['<', '<=', '>', '>='].includes(node.op) && operands.some((operand) => isText(operand, scope)))
      complain(node, 'texts have no order here ("9" > "10"): decimal(…) reads one as a number')
    if (left !== undefined && right !== undefined && ['==', '!=', 'in'].includes(node.op)) {
      compare(left, right, scope)
      compare(right, left, scope)
    }
    for (const operand of operands) walk(operand, scope)
  }

  walk(root, { locals: new Map() })
  return { mistakes, reads: [...reads], guarded: [...guarded] }
}

/** Whether a node is a number other than 0, or one with its sign changed. */
const isWritten = (node: ASTNode): boolean =>
  node.op === '-_' ? isWritten(node.args) : node.op === 'value' && node.args !== 0

const firstOf = (group: string): string =>
  [...factsByName.keys()].find((name) => name.startsWith(`${group}.`)) ?? group
