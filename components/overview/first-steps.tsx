import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useEnvironment, useEnvironmentPath } from '@/components/shell/environment-context.tsx'
import { ButtonLink } from '@/components/ui/button.tsx'
import { CodeBlock } from '@/components/ui/code-block.tsx'

const LINES = `import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'

const stepgate = createStepgate()
protectExpress(app, stepgate)   // right after: const app = express()
await stepgate.started          // before app.listen(…)`

interface FirstStepsProps {
  /** Services exist, but nothing was heard of them in this environment. */
  readonly hasServices: boolean
}

/** An environment in which nothing happens yet: what to do, in order. */
export function FirstSteps({ hasServices }: FirstStepsProps) {
  const environment = useEnvironment()
  const toPath = useEnvironmentPath()
  return (
    <section aria-labelledby="first-steps" className="max-w-3xl rounded-lg border border-line bg-raised p-6">
      <h2 id="first-steps" className="text-lg font-semibold">
        {hasServices ? 'Bring a service into this environment' : 'Bring the first service in'}
      </h2>
      <p className="mt-1 text-muted">
        Nothing is enforced until you say so: a new endpoint starts in its service’s undeclared mode and only reports
        what would have been denied.
      </p>
      <ol className="mt-6 space-y-6">
        <Step number={1} title="Create a service" isDone={hasServices}>
          <p>
            A service owns endpoints and is the audience of the tokens its callers bring. Its identity comes with it.
          </p>
          <ButtonLink
            variant={hasServices ? 'secondary' : 'primary'}
            href={toPath(hasServices ? '/services' : '/services?new=service')}
            className="mt-2"
          >
            {hasServices ? 'See the services' : 'Create a service'}
          </ButtonLink>
        </Step>
        <Step number={2} title="Give it a credential">
          <p>
            On the service’s page, create a client secret for {environment}. It is shown once, together with the
            settings the service needs.
          </p>
        </Step>
        <Step number={3} title="Add three lines">
          <p>
            Install the middleware and call it right after making the application; Fastify has its own line. Endpoints
            report themselves as they are registered.
          </p>
          <div className="mt-2 space-y-2">
            <CodeBlock label="install command" code="npm install @stepgate/node" />
            <CodeBlock label="three lines" code={LINES} />
          </div>
        </Step>
      </ol>
    </section>
  )
}

interface StepProps {
  readonly number: number
  readonly title: string
  readonly isDone?: boolean
  readonly children: ReactNode
}

const Step = ({ number, title, isDone = false, children }: StepProps) => (
  <li className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-3">
    <span
      aria-hidden
      className="inline-flex size-6 items-center justify-center rounded-full border border-line-strong text-xs font-medium"
    >
      {isDone ? <Check className="size-3.5 text-enforce" /> : number}
    </span>
    <div>
      <h3 className="leading-6 font-medium">
        {title}
        {isDone && <span className="sr-only"> (done)</span>}
      </h3>
      <div className="text-muted">{children}</div>
    </div>
  </li>
)
