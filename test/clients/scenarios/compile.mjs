// Compiles contracts/Counter.sol and prints {abi, bytecode}.
import { readFileSync } from 'node:fs'
import solc from 'solc'

const source = readFileSync(new URL('../contracts/Counter.sol', import.meta.url), 'utf8')
const { contracts, errors = [] } = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity',
  sources: { 'Counter.sol': { content: source } },
  settings: { outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
})))
if (errors.length > 0) throw new Error(errors.map(e => e.formattedMessage).join('\n'))
const { abi, evm } = contracts['Counter.sol'].Counter
console.log(JSON.stringify({ abi, bytecode: `0x${evm.bytecode.object}` }))
