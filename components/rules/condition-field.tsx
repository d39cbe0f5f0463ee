'use client'
import { TextareaField } from '../ui/field.tsx'

interface ConditionFieldProps {
  readonly expression: string
  readonly error: string | undefined
  readonly onChange: (expression: string) => void
}

const Code = ({ children }: { readonly children: string }) => <code className="font-mono text-text">{children}</code>

/** What no scope can say: an expression over the parameters of the route and the claims of the token. */
export const ConditionField = ({ expression, error, onChange }: ConditionFieldProps) => (
  <TextareaField
    label="Expression"
    error={error}
    spellCheck={false}
    autoComplete="off"
    placeholder="params.customerId == token.sub"
    className="font-mono"
    value={expression}
    hint={
      <>
        In the Common Expression Language. <Code>params</Code> has the parameters of the route, as text;{' '}
        <Code>token</Code> the claims. Lists know <Code>in</Code>, <Code>exists</Code> and <Code>all</Code>:{' '}
        <Code>params.team in token.teams</Code>. A claim that is missing refuses the request.
      </>
    }
    onChange={(event) => {
      onChange(event.currentTarget.value)
    }}
  />
)
