declare module 'express-4' {
  export * from 'express'
  export { default } from 'express'
}
