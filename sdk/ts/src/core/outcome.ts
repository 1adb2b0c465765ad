import { outcomeCodes } from '../gen/outcomes.js'

export { outcomeCodes }

/** `included`, or the reason why a lane position is void. */
export type OutcomeName = keyof typeof outcomeCodes

const names = new Map<number, string>(Object.entries(outcomeCodes).map(([name, code]) => [code, name]))

/** The name of an outcome's number. */
export function outcomeNameOf(code: number): OutcomeName {
  return (names.get(code) ?? `code(${code})`) as OutcomeName
}
