using Slipway.Core.Definitions;

namespace Slipway.Core.Tests.Definitions;

public sealed class BadPipelineTests
{
    private const string Head = "service: shop\nrun: { command: ./shop }\n";

    // What is behind the head begins on line 3.
    [Theory]
    [InlineData("pipeline: { jobs: {} }", "s.yaml:3:19: jobs must have 1 to 100 keys, not 0.")]
    [InlineData("pipeline: { }", "s.yaml:3:11: jobs is missing in pipeline. (Each in its own clean checkout.)")]
    [InlineData("pipeline: { jobs: { build: { } } }", "s.yaml:3:28: steps is missing in jobs.build. (Run one after the other.)")]
    [InlineData("pipeline: { jobs: { build: { steps: [] } } }", "s.yaml:3:37: steps must have 1 to 100 items, not 0.")]
    [InlineData("pipeline: { jobs: { build: { steps: [ make ] } } }", "s.yaml:3:39: an item of steps must be a map, not 'make'. (Allowed keys: name, run, directory, timeout, retry, continueOnError, always, env, report.)")]
    [InlineData("pipeline: { jobs: { build: { steps: [ { rn: make } ] } } }", "s.yaml:3:41: Unknown key 'rn' in an item of steps. (Did you mean 'run'?)")]
    [InlineData("pipeline: { jobs: { Build: { steps: [ { run: make } ] } } }", "s.yaml:3:21: A job's name must have lower-case letters, digits and single hyphens inside, at most 40 characters; not 'Build'.")]
    [InlineData("pipeline: { jobs: { build: { needs: [test], steps: [ { run: make } ] }, tests: { steps: [ { run: make } ] } } }", "s.yaml:3:38: There is no job 'test', which build needs. (Did you mean 'tests'?)")]
    [InlineData("pipeline: { jobs: { a: { needs: [b], steps: [ { run: x } ] }, b: { needs: [c], steps: [ { run: x } ] }, c: { needs: [a], steps: [ { run: x } ] } } }", "s.yaml:3:26: These jobs need each other: a → b → c → a. (Take one of the needs away.)")]
    [InlineData("pipeline: { jobs: { a: { needs: [a], steps: [ { run: x } ] } } }", "s.yaml:3:26: These jobs need each other: a → a. (Take one of the needs away.)")]
    [InlineData("pipeline: { jobs: { a: { if: brnch == \"main\", steps: [ { run: x } ] } } }", "s.yaml:3:30: if knows no field 'brnch'. (Did you mean 'branch'?)")]
    [InlineData("pipeline: { jobs: { a: { if: 'branch = main', steps: [ { run: x } ] } } }", "s.yaml:3:30: if cannot be read at 'branch = main'. (Write it like branch == \"main\" && event != \"manual\".)")]
    [InlineData("pipeline: { jobs: { a: { outputs: [../x], steps: [ { run: x } ] } } }", "s.yaml:3:36: an item of outputs must stay in the checkout, not '../x'. (Write it like dist/site: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { outputs: [/etc], steps: [ { run: x } ] } } }", "s.yaml:3:36: an item of outputs must stay in the checkout, not '/etc'. (Write it like dist/site: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { steps: [ { run: x, directory: ~/x } ] } } }", "s.yaml:3:56: directory must stay in the checkout, not '~/x'. (Write it like dist/site: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { cache: nmp, steps: [ { run: x } ] } } }", "s.yaml:3:33: Unknown tool cache 'nmp'. (Did you mean 'npm'?)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x] }, steps: [ { run: x } ] } } }", "s.yaml:3:33: paths is missing in cache. (Folders in the checkout, or in the home directory as ~/….)")]
    [InlineData("pipeline: { jobs: { a: { cache: [npm, nugget], steps: [ { run: x } ] } } }", "s.yaml:3:39: Unknown tool cache 'nugget'. (Did you mean 'nuget'?)")]
    [InlineData("pipeline: { jobs: { a: { cache: [], steps: [ { run: x } ] } } }", "s.yaml:3:33: cache must have 1 to 20 items, not 0.")]
    [InlineData("pipeline: { jobs: { a: { cache: [[npm]], steps: [ { run: x } ] } } }", "s.yaml:3:34: an item of cache must be a map, not a list. (Allowed keys: key, paths.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [] }, steps: [ { run: x } ] } } }", "s.yaml:3:52: paths must have 1 to 20 items, not 0.")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [~/x], paths: [y] }, steps: [ { run: x } ] } } }", "s.yaml:3:41: an item of key must stay in the checkout, not '~/x'. (Write it like dist/site: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [~/../y] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: an item of paths must stay in the checkout or in the home directory, not '~/../y'. (Write it like dist/site or ~/.cache/tool: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [/var/cache] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: an item of paths must stay in the checkout or in the home directory, not '/var/cache'. (Write it like dist/site or ~/.cache/tool: no '/' first, no '..'.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [~/] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: The whole home directory cannot be kept. (Name the folder that the tool fills, such as ~/.cache/tool or node_modules.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [./] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: The whole checkout cannot be kept. (Name the folder that the tool fills, such as ~/.cache/tool or node_modules.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: [.git/objects] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: '.git/objects' is what git keeps of the commit; it comes with the checkout. (Name the folder that the tool fills, such as ~/.cache/tool or node_modules.)")]
    [InlineData("pipeline: { jobs: { a: { cache: { key: [x], paths: ['*/out'] }, steps: [ { run: x } ] } } }", "s.yaml:3:53: '*/out' is a pattern; paths are folders. (Name the folder that the tool fills, such as ~/.cache/tool or node_modules.)")]
    [InlineData("pipeline: { jobs: { a: { cache: [npm, npm], steps: [ { run: x } ] } } }", "s.yaml:3:39: '~/.npm' is kept twice, here and in npm. (Take one of the two away.)")]
    [InlineData("pipeline: { jobs: { a: { cache: [nuget, { key: [x], paths: [~/.nuget] }], steps: [ { run: x } ] } } }", "s.yaml:3:61: '~/.nuget' and '~/.nuget/packages' of nuget overlap: each folder is kept once. (Take one of the two away.)")]
    [InlineData("pipeline: { jobs: { a: { matrix: { node: 20 }, steps: [ { run: x } ] } } }", "s.yaml:3:42: node must be a list, not '20'. (Write it like [a, b], or with a line '- …' for each item.)")]
    [InlineData("pipeline: { jobs: { a: { matrix: { n: [1], exclude: [ { n: 1 } ] }, steps: [ { run: x } ] } } }", "s.yaml:3:34: The matrix leaves no combination.")]
    [InlineData("pipeline: { jobs: { a: { matrix: { a: [1,2,3,4,5], b: [1,2,3,4,5], c: [1,2,3] }, steps: [ { run: x } ] } } }", "s.yaml:3:34: The matrix has 75 combinations; there may be 64.")]
    [InlineData("pipeline: { jobs: { a: { env: { V: { from: b, value: v } }, steps: [ { run: x } ] }, b: { steps: [ { run: x } ] } } }", "s.yaml:3:44: A value comes from a job that this one needs; 'b' is none. (Write needs: [b].)")]
    [InlineData("pipeline: { jobs: { a: { env: { GIT_DIR: x }, steps: [ { run: x } ] } } }", "s.yaml:3:33: The variable 'GIT_DIR' is not the definition's to set: Slipway or the system sets it.")]
    [InlineData("pipeline: { jobs: { a: { steps: [ { name: x, run: x }, { name: x, run: y } ] } } }", "s.yaml:3:64: 'x' is twice in steps. (Give it another name.)")]
    [InlineData("pipeline: { jobs: { a: { steps: [ { run: ' ' } ] } } }", "s.yaml:3:42: run has nothing to run.")]
    [InlineData("artifact: { path: dist }", "s.yaml:3:1: artifact says what a pipeline packs; there is no pipeline. (Write the pipeline, or leave artifact out: `slipway release create` takes a directory.)")]
    [InlineData("pipeline: { jobs: { a: { steps: [ { run: x } ] }, b: { steps: [ { run: x } ] } } }\nartifact: { path: dist }", "s.yaml:4:1: artifact must say from which job it comes. (Write it like artifact: { from: a, path: … }.)")]
    [InlineData("pipeline: { jobs: { build: { steps: [ { run: x } ] } } }\nartifact: { from: biuld, path: dist }", "s.yaml:4:19: There is no job 'biuld'. (Did you mean 'build'?)")]
    [InlineData("pipeline: { jobs: { a: { matrix: { n: [1, 2] }, steps: [ { run: x } ] } } }\nartifact: { path: dist }", "s.yaml:4:1: The artifact comes from one job; a is one for each combination of its matrix. (Make it in a job without a matrix.)")]
    [InlineData("artifacts: {}", "s.yaml:3:1: artifacts is not available yet: use artifact, with one path.")]
    public void One_mistake_is_told_with_its_place_and_the_way_out(string text, string expected) =>
        ServiceDefinitionReader.Read(Head + text + "\n", "s.yaml", null).Problems.Select(p => p.ToString()).ShouldBe([expected]);
}
