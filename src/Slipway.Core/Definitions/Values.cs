using System.Globalization;

namespace Slipway.Core.Definitions;

/// <summary>Values of nodes; null where the node does not hold one.</summary>
internal static class Values
{
    public static string? Text(Node? node) => node is Scalar { IsEmpty: false } scalar ? scalar.Text : null;

    public static int? Whole(Node? node) =>
        node is Scalar { Plain: true } scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static bool? YesNo(Node? node) => node is Scalar { Plain: true, Text: "true" } ? true : node is Scalar { Plain: true, Text: "false" } ? false : null;

    public static TimeSpan? Span(Node? node) => node is Scalar scalar && Durations.TryParse(scalar.Text, out var span) ? span : null;

    /// <summary>What is quoted is a text, and no number; <c>5%</c> is a share in quotes too.</summary>
    public static double? Share(Node? node) => node is Scalar scalar && (scalar.Plain || scalar.Text.EndsWith('%')) && Shares.TryParse(scalar.Text, out var share) ? share : null;

    /// <summary>The member of an enumeration whose camelCase name stands here.</summary>
    public static T? Choice<T>(Node? node) where T : struct, Enum =>
        node is Scalar scalar && scalar.Text.Length > 0 && char.IsLower(scalar.Text[0]) && Enum.TryParse<T>(char.ToUpperInvariant(scalar.Text[0]) + scalar.Text[1..], out var value) ? value : null;

    public static string Words(TimeSpan span) =>
        span == TimeSpan.Zero ? "0s"
        : span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days}d"
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? $"{(int)span.TotalHours}h"
        : span.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{(int)span.TotalMinutes}m"
        : span.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{(int)span.TotalSeconds}s"
        : $"{(int)span.TotalMilliseconds}ms";
}
