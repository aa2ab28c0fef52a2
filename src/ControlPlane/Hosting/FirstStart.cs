using System.Buffers.Text;
using System.Security.Cryptography;
using Meridian.ControlPlane.Security;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Accounts;

namespace Meridian.ControlPlane.Hosting;

/// <summary>The first start of a domain: its operator, and the one token that is printed once.</summary>
public static class FirstStart
{
    private static readonly TenantId Operator = new("operator");
    private static readonly ProjectId Project = new("default");

    /// <summary>Makes the operator and returns the token's text; nothing where there is an operator already.</summary>
    public static async Task<string?> RunAsync(IDomain domain, TimeProvider time, CancellationToken cancellation)
    {
        // The first command wakes the writer and reads the journal.
        await domain.ExecuteAsync(new Domain.Jobs.Tick(), cancellation);
        if (domain.State().Accounts.Tokens.Values.Any(t => t.Role == Role.Operator))
            return null;

        var secret = "mdn_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await domain.ExecuteAsync(new DeclareTenant(Operator, "Operator", Quota.Default, [Project]), cancellation);
        var decision = await domain.ExecuteAsync(
            new IssueToken(new(
                JoinTokenText.Hash(secret), "first", "operator", Operator, Project, Role.Operator, time.GetUtcNow(), ExpiresAt: null)),
            cancellation);
        return decision.Fault is null ? secret : null;
    }
}
