using Slipway.Core.Definitions;
using Slipway.Core.Environments;

namespace Slipway.Core.Tests.Definitions;

public sealed class HookWarningTests
{
    private const string Head = "service: shop\nrun: { command: ./shop }\n";

    private static readonly PlatformDefinition Platform =
        PlatformDefinitionReader.Read("environments: { prod: {} }\nhooks: { allow: ['https://ci.example.com'] }\n", "p.yaml").Definition.ShouldNotBeNull();

    [Fact]
    public void A_hook_whose_host_the_platform_does_not_allow_is_warned_of_at_its_place()
    {
        var read = ServiceDefinitionReader.Read(Head + "rollout: { hooks: { before: [ { name: a, http: { url: 'https://CI.example.com/ask' } }, { name: b, http: { url: 'https://other.test:8443/x' } } ] } }\n", "s.yaml", Platform);
        read.Definition.ShouldNotBeNull("whoever runs the platform can still allow it");
        read.Warnings.ShouldHaveSingleItem().ToString().ShouldBe(
            "s.yaml:3:113: The platform does not allow hooks to ask https://other.test:8443: a rollout that comes to this hook fails there. (Whoever runs the platform adds it to platform.yaml: hooks: { allow: ['https://other.test:8443'] }.)");
    }

    [Fact]
    public void An_environment_that_has_hooks_of_its_own_is_looked_at_too()
    {
        var read = ServiceDefinitionReader.Read(Head + "environments: { prod: { rollout: { hooks: { after: [ { name: a, http: { url: 'http://other.test/' } } ] } } } }\n", "s.yaml", Platform);
        read.Warnings.ShouldHaveSingleItem().Message.ShouldContain("http://other.test:");
    }

    [Fact]
    public void Where_the_platform_is_not_known_nothing_is_said() =>
        ServiceDefinitionReader.Read(Head + "rollout: { hooks: { before: [ { name: b, http: { url: 'https://other.test/' } } ] } }\n", "s.yaml", platform: null).Warnings.ShouldBeEmpty();
}
