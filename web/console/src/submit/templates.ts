/** Job files to begin with. Each is whole and small; the keys are those of the published schema. */
export const templates = {
  hello: `# One task, somewhere cheap.
name: hello
command: echo "hello from $(hostname)"
resources: { cpu: 1, memory: 128MiB }
objective: cheapest
duration: 5s
timeout: 1m
`,
  array: `# Twenty-four tasks over one dataset; every frame becomes part of the result.
name: render
array: 24
command: ./scene/render-frame.sh "$MERIDIAN_TASK_INDEX"
resources: { cpu: 1, memory: 512MiB }
inputs:
  - { dataset: scene, mount: scene }
outputs:
  - { name: frames, path: frames }
constraints:
  deadline: 30m
  budget: 5 CNY
objective: greenest
duration: 20s
retries: 2
`,
  gravity: `# Large data stays where it is: the job goes to it.
name: well-logs
command: [python3, statistics.py, wells, report]
resources: { cpu: 2, memory: 1GiB }
inputs:
  - { dataset: wells, mount: wells }
outputs:
  - { name: well-report, path: report }
constraints:
  sovereignty: [cn]
objective: fastest
duration: 1m
`,
  service: `# A service near its users.
name: greeter
command: python3 -m http.server "$PORT"
resources: { cpu: 0.5, memory: 128MiB }
service:
  port: auto
  health: /
  latency: { to: edge-box, max: 5ms }
constraints:
  network: host
`,
  accelerated: `# A gang of four tasks with an accelerator each: together or not at all.
name: train
array: 4
gang: true
container: registry.example.org/lab/train:1.4
accelerators: { count: 1, class: gpu, memory: 40GiB }
resources: { cpu: 8, memory: 64GiB, disk: 100GiB }
inputs:
  - { dataset: corpus }
outputs:
  - { name: weights, path: out }
constraints:
  deadline: 12h
  budget: 800 CNY
objective: balanced
duration: 3h
timeout: 8h
`,
} as const;

export type TemplateName = keyof typeof templates;
export const templateNames = Object.keys(templates) as TemplateName[];
