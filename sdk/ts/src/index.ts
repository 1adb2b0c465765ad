export * from './proof/index.js'
