using Slipway.Core.Definitions;
using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

/// <summary>A platform folder's templates, for tests.</summary>
internal static class Shelf
{
    public const string Head = "service: shop\nrun: { command: ./shop }\n";

    /// <summary>One input of each type, two points, two jobs.</summary>
    public const string Full = """
        description: Builds a thing.
        inputs:
          folder: { default: src, pattern: "[a-z][a-z/.]*" }
          name: { description: What it is called. }
          retries: { type: integer, default: 1, min: 0, max: 3 }
          online: { type: boolean, default: false }
          flags: { type: list, default: [none] }
          size: { type: choice, values: [small, large], default: small }
          minutes: { type: integer, default: 10 }
        extend:
          before-build: Before the build.
          checks: { adds: jobs, description: Further jobs. }
        pipeline:
          concurrency: queue
          jobs:
            build:
              network: ${{ inputs.online }}
              timeout: ${{ inputs.minutes }}m
              env: { SIZE: "size-${{ inputs.size }}" }
              steps:
                - extend: before-build
                - name: build ${{ inputs.name }}
                  directory: ${{ inputs.folder }}
                  retry: ${{ inputs.retries }}
                  run: make "$INPUT_NAME"
              outputs: [ "${{ inputs.folder }}/out" ]
            test:
              needs: [build]
              matrix: { flag: "${{ inputs.flags }}", include: [ { flag: none } ] }
              steps: [ { run: make test } ]
        artifact: { from: build, path: "${{ inputs.folder }}/out" }
        """;

    public const string OneJob = "description: One job.\npipeline:\n  jobs:\n    only:\n      labels: { disk: fast }\n      steps: [ { run: make } ]\n";

    public static TemplateCatalog Of(params (string Path, string Text)[] files) => TemplateCatalog.Of([.. files.Select(f => new TemplateFile(f.Path, f.Text))], new Dictionary<string, string>());

    public static DefinitionResult Use(TemplateCatalog catalog, string pipeline) => ServiceDefinitionReader.Read(Head + pipeline, "s.yaml", null, catalog);

    public static DefinitionResult UseFull(string with, string more = "") => Use(Of(("thing/1.0.0/template.yaml", Full)), $"pipeline:\n  uses: thing@1\n  with: {with}\n{more}");
}
