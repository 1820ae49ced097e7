using System.Globalization;
using System.Text.Json.Nodes;
using Slipway.Core.Pipelines;

namespace Slipway.Core.Definitions;

/// <summary><c>resources</c> of a job.</summary>
internal static class ResourceKeys
{
    public static readonly MapShape Shape = new(
        new("cpu", new ProcessorsShape(), "Processors' worth of time, such as 2 or 0.5. Default all there is."),
        new("memory", new BytesShape(64L << 20, 16L << 40), "Default what the agent gives every job."),
        new("processes", new WholeShape(50, 1_000_000), "At a time, threads counted. Default what the agent gives every job."));

    public static JobResources? Read(MapNode? resources) => resources is null ? null : new(
        ProcessorsShape.Read(resources["cpu"]), BytesShape.Read(resources["memory"]), Values.Whole(resources["processes"]));
}

/// <summary>Processors' worth of time.</summary>
internal sealed record ProcessorsShape : Shape
{
    private const decimal Least = 0.1m, Most = 1024;

    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Read(node) is null)
        {
            findings.Add(node, $"{name} must be a number from 0.1 to 1024, not {node.Kind}.", "Write it like 2 or 0.5.");
        }
    }

    public static double? Read(Node? node) =>
        node is Scalar { Plain: true, Text.Length: <= 10 } scalar && decimal.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= Least and <= Most ? (double)value : null;

    public override JsonObject Schema() => new() { ["type"] = "number", ["minimum"] = Least, ["maximum"] = Most };
}

/// <summary>An amount of bytes: <c>512MiB</c>, <c>1.5GiB</c>.</summary>
internal sealed record BytesShape(long Least, long Most) : Shape
{
    public override void Check(Node node, string name, Findings findings, bool partial = false)
    {
        if (Read(node) is not { } value)
        {
            findings.Add(node, $"{name} must be an amount in MiB, GiB or TiB, not {node.Kind}.", "Write it like 512MiB or 2GiB.");
        }
        else if (value < Least || value > Most)
        {
            findings.Add(node, $"{name} must be from {Sizes.Words(Least)} to {Sizes.Words(Most)}, not {node.Kind}.");
        }
    }

    public static long? Read(Node? node) => node is Scalar scalar && Sizes.TryParse(scalar.Text, out var bytes) ? bytes : null;

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = @"^[0-9]{1,7}(\.[0-9]{1,3})?(MiB|GiB|TiB)$" };
}
