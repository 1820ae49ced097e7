using Slipway.Core.Pipelines.Templates;

namespace Slipway.Core.Tests.Templates;

public sealed class TemplateCatalogTests
{
    private const string Good = Shelf.OneJob, Bad = "description: [\n";

    [Fact]
    public void The_newest_version_that_fits_is_taken()
    {
        var catalog = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/1.10.0/template.yaml", Good), ("one/1.9.0/template.yaml", Good), ("one/2.0.0-rc.1/template.yaml", Good));
        Chosen(catalog, "1").ShouldBe("1.10.0: the newest that 1 allows");
        Chosen(catalog, "~1.9").ShouldBe("1.9.0: the newest that ~1.9 allows");
        Chosen(catalog, "1.0.0").ShouldBe("1.0.0: it is named exactly");
        Chosen(catalog, "2.0.0-rc.1").ShouldBe("2.0.0-rc.1: it is named exactly");
        Chosen(catalog, "2").ShouldBe("one has no version that 2 allows. → There are 1.0.0, 1.9.0, 1.10.0, 2.0.0-rc.1.");
    }

    [Fact]
    public void A_platforms_template_takes_the_place_of_slipways_own_and_of_all_its_versions()
    {
        var catalog = Shelf.Of(("node/7.0.0/template.yaml", Good));
        catalog.Versions("node").ShouldHaveSingleItem().Origin.ShouldBe(TemplateOrigin.Platform);
        catalog.Versions("python").ShouldHaveSingleItem().Origin.ShouldBe(TemplateOrigin.Slipway);
        // Also where it is wrong: nobody gets another thing under the same name.
        var broken = Shelf.Of(("node/7.0.0/template.yaml", Bad));
        broken.Versions("node").ShouldBeEmpty();
        broken.Choose("node", VersionRange.Parse("1")!, "shop").ShouldBeOfType<TemplateChoice.NoVersion>().Why.ShouldStartWith("The template 'node' cannot be used: templates/node/7.0.0/template.yaml:");
    }

    [Fact]
    public void Where_a_file_is_wrong_its_last_good_text_holds()
    {
        var before = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/1.1.0/template.yaml", Good));
        var files = new TemplateFile[] { new("one/1.0.0/template.yaml", Good), new("one/1.1.0/template.yaml", Bad), new("one/1.2.0/template.yaml", Bad) };
        var catalog = TemplateCatalog.Of(files, before.InForce);

        Chosen(catalog, "1").ShouldBe("1.1.0: the newest that 1 allows");
        catalog.Versions("one")[1].Text.ShouldBe(Good);
        catalog.Faults.Select(f => (f.Path, f.Instead)).ShouldBe([("one/1.1.0/template.yaml", "services keep what was last good in it"), ("one/1.2.0/template.yaml", "it is not used")]);
        catalog.Faults[0].Problems.ShouldAllBe(p => p.File == "templates/one/1.1.0/template.yaml");
        catalog.InForce["one/1.1.0/template.yaml"].ShouldBe(Good);
        // What is taken out of the folder on purpose is gone.
        TemplateCatalog.Of([files[0]], before.InForce).Versions("one").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("One/1.0.0/template.yaml", "A template's name must have")]
    [InlineData("one/1.0/template.yaml", "The folder '1.0' is no version.")]
    [InlineData("one/latest/template.yaml", "The folder 'latest' is no version.")]
    public void A_folder_of_another_name_is_a_fault(string path, string message) =>
        Shelf.Of((path, Good)).Faults.ShouldHaveSingleItem().Problems.ShouldHaveSingleItem().Message.ShouldStartWith(message);

    [Fact]
    public void A_version_can_be_for_some_services_first()
    {
        var catalog = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/1.1.0/template.yaml", Good), ("one/rollout.yaml", "1.1.0: { share: 0%, services: [pilot] }\n"));
        Chosen(catalog, "1", "pilot").ShouldBe("1.1.0: it is rolled out to some services first, and pilot is named among them");
        Chosen(catalog, "1", "shop").ShouldBe("1.0.0: the newest that 1 allows for all services: 1.1.0 is rolled out to pilot so far, and shop is not among them");
        Chosen(catalog, "1.1.0", "shop").ShouldBe("1.1.0: it is named exactly");
        Chosen(catalog, "1.1", "shop").ShouldBe("Of one, 1.1 allows only what is not for all services yet: 1.1.0 is rolled out to pilot so far, and shop is not among them. → Name it exactly to have it at once: one@1.1.0; or take one@1.0.0.");
    }

    [Fact]
    public void A_share_is_of_that_size_stays_the_same_and_only_grows()
    {
        string[] services = [.. Enumerable.Range(0, 2000).Select(n => $"service-{n}")];
        string[] With(string share)
        {
            var catalog = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/1.1.0/template.yaml", Good), ("one/rollout.yaml", $"1.1.0: {{ share: {share} }}\n"));
            return [.. services.Where(s => Chosen(catalog, "1", s).StartsWith("1.1.0", StringComparison.Ordinal))];
        }

        var (fifth, half) = (With("20%"), With("50%"));
        fifth.Length.ShouldBeInRange(340, 460);
        half.Length.ShouldBeInRange(920, 1080);
        fifth.Except(half).ShouldBeEmpty();
        With("20%").ShouldBe(fifth);
        With("0%").ShouldBeEmpty();
        With("100%").Length.ShouldBe(services.Length);
        // The same services on every machine and for ever.
        fifth.Take(4).ShouldBe(["service-6", "service-8", "service-15", "service-18"]);
    }

    [Fact]
    public void While_a_rollout_cannot_be_read_versions_that_came_with_it_wait()
    {
        var before = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/1.1.0/template.yaml", Good), ("one/rollout.yaml", "1.1.0: { services: [pilot] }\n"));
        var files = new TemplateFile[] { new("one/1.0.0/template.yaml", Good), new("one/1.1.0/template.yaml", Good), new("one/1.2.0/template.yaml", Good), new("one/rollout.yaml", "1.3.0: { share: 5% }\n") };
        var catalog = TemplateCatalog.Of(files, before.InForce);

        catalog.Faults.ShouldHaveSingleItem().Problems.ShouldHaveSingleItem().ToString().ShouldBe("templates/one/rollout.yaml:1:1: There is no version 1.3.0. (Did you mean '1.0.0'?)");
        Chosen(catalog, "1", "pilot").ShouldStartWith("1.1.0: ");
        Chosen(catalog, "1", "shop").ShouldStartWith("1.0.0: ");
        Chosen(catalog, "^1.2", "shop").ShouldContain("1.2.0 waits, since one/rollout.yaml cannot be read");
        Chosen(catalog, "3", "shop").ShouldEndWith("Not as it is: one/rollout.yaml, which cannot be read.");
        catalog.InForce.Keys.ShouldNotContain("one/1.2.0/template.yaml");
    }

    [Fact]
    public void With_no_good_rollout_ever_nothing_is_guessed()
    {
        var catalog = Shelf.Of(("one/1.0.0/template.yaml", Good), ("one/rollout.yaml", Bad));
        Chosen(catalog, "1").ShouldContain("1.0.0 waits, since one/rollout.yaml cannot be read");
        Chosen(catalog, "1.0.0").ShouldStartWith("1.0.0: ");
    }

    private static string Chosen(TemplateCatalog catalog, string range, string service = "shop") => catalog.Choose("one", VersionRange.Parse(range)!, service) switch
    {
        TemplateChoice.Chosen chosen => $"{chosen.Template.Version}: {chosen.Why}",
        TemplateChoice.NoVersion none => $"{none.Why} → {none.WayOut}",
        var other => other.ToString(),
    };
}
