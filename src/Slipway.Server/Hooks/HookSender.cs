using Microsoft.AspNetCore.Http;

namespace Slipway.Server.Hooks;

/// <summary>A kind of sender: how its deliveries prove themselves, and where they say what was pushed.</summary>
internal abstract class HookSender
{
    public static HookSender GitHub { get; } = new GitHubSender();

    public static HookSender GitLab { get; } = new GitLabSender();

    public static HookSender Generic { get; } = new GenericSender();

    /// <summary>As people call it.</summary>
    public abstract string Name { get; }

    /// <summary>What a delivery has to have, for who sent one without.</summary>
    public abstract string Needs { get; }

    /// <summary>What in a body names the repository, and the member of it that has its name; null: nothing does.</summary>
    public virtual (string Object, string Member)? NameAt => null;

    /// <summary>Whether a body may be empty.</summary>
    public virtual bool TakesNoBody => false;

    /// <summary>Whether there is anything that could be checked, so that nothing is read for a delivery that cannot be right.</summary>
    public abstract bool IsSigned(IHeaderDictionary headers);

    /// <summary>Whether a delivery was made by who has the secret: by the body's bytes as they came, nothing of which has been read before.</summary>
    public abstract bool IsRight(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret);

    /// <summary>When it was signed; null: that is not signed.</summary>
    public virtual DateTimeOffset? SignedAt(IHeaderDictionary headers) => null;

    /// <summary>Why a right delivery is of no push; null: it is of one.</summary>
    public virtual string? WhyNoPush(IHeaderDictionary headers) => null;

    /// <summary>A header that is there once.</summary>
    private static string? One(IHeaderDictionary headers, string name) => headers[name] is [{ Length: > 0 } value] ? value : null;

    private sealed class GitHubSender : HookSender
    {
        private const string Signature = "X-Hub-Signature-256", Event = "X-GitHub-Event";

        public override string Name => "GitHub";

        public override string Needs => $"the header {Signature}: set the secret where the webhook is set up";

        public override (string, string)? NameAt => ("repository", "full_name");

        public override bool IsSigned(IHeaderDictionary headers) => HookSignature.IsSha256(One(headers, Signature));

        public override bool IsRight(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret) => HookSignature.Sha256Fits(One(headers, Signature)!, body, secret);

        public override string? WhyNoPush(IHeaderDictionary headers) => One(headers, Event) switch
        {
            "push" => null,
            "ping" => "The secret is right. Pushes will be told.",
            _ => "Nothing to do: only pushes are looked at.",
        };
    }

    private sealed class GitLabSender : HookSender
    {
        private const string Token = "X-Gitlab-Token", Event = "X-Gitlab-Event", Id = "webhook-id", Timestamp = "webhook-timestamp", Signature = "webhook-signature";

        public override string Name => "GitLab";

        public override string Needs => $"the header {Token} or {Signature}: set the secret token or the signing token where the webhook is set up";

        public override (string, string)? NameAt => ("project", "path_with_namespace");

        public override bool IsSigned(IHeaderDictionary headers) => One(headers, Token) is not null || One(headers, Signature) is not null;

        // With a signature the token alone is not enough: who set up a signature relies on it.
        public override bool IsRight(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret) =>
            (headers[Token].Count == 0 || HookSignature.IsSame(One(headers, Token) ?? "", secret))
            && (headers[Signature].Count == 0 || HookSignature.StandardFits(One(headers, Id), One(headers, Timestamp), One(headers, Signature), body, secret));

        public override DateTimeOffset? SignedAt(IHeaderDictionary headers) => One(headers, Signature) is null ? null : HookSignature.TimeOf(One(headers, Timestamp));

        public override string? WhyNoPush(IHeaderDictionary headers) => One(headers, Event) == "Push Hook" ? null : "Nothing to do: only push events are looked at.";
    }

    private sealed class GenericSender : HookSender
    {
        private const string Signature = "X-Slipway-Signature-256";

        public override string Name => "a signed request";

        public override string Needs => $"the header {Signature}: sha256=HEX, the HMAC-SHA256 of the body by the secret";

        public override bool TakesNoBody => true;

        public override bool IsSigned(IHeaderDictionary headers) => HookSignature.IsSha256(One(headers, Signature));

        public override bool IsRight(IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret) => HookSignature.Sha256Fits(One(headers, Signature)!, body, secret);
    }
}
