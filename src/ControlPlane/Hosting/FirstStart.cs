using Meridian.ControlPlane.Api;
using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Accounts;
using Microsoft.Extensions.Hosting;

namespace Meridian.ControlPlane.Hosting;

/// <summary>
/// Wakes the writer, which reads the journal, before anything listens: against a state that is not there yet every
/// caller would be a stranger. On the first start of a domain it also makes the operator, and the one token that is
/// printed once.
/// </summary>
/// <remarks>Hosted services start in the order of their registration: after the silo, and before the listeners.</remarks>
internal sealed class FirstStart(IDomain domain, TimeProvider time) : IHostedService
{
    private const int TriesMax = 100;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(300);
    internal static readonly TenantId Operator = new("operator");
    private static readonly ProjectId Project = new("default");

    /// <summary>The operator's token on a first start; nothing later.</summary>
    internal string? Token { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await WakeAsync(cancellationToken);
        if (!domain.State().Accounts.Tokens.Values.Any(t => t.Role == Role.Operator))
            Token = await MakeOperatorAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first command wakes the writer. On a busy machine the silo may not know its own grains yet.</summary>
    private async Task WakeAsync(CancellationToken cancellation)
    {
        for (var triesLeft = TriesMax; ; triesLeft--)
        {
            try
            {
                await domain.ExecuteAsync(new Meridian.Domain.Jobs.Tick(), cancellation);
                return;
            }
            catch (WriterAwayException) when (triesLeft > 0)
            {
                await Task.Delay(RetryAfter, time, cancellation);
            }
        }
    }

    private async Task<string?> MakeOperatorAsync(CancellationToken cancellation)
    {
        var secret = TokenSecret.Create();
        await domain.ExecuteAsync(new DeclareTenant(Operator, "Operator", Quota.Default, [Project]), cancellation);
        var decision = await domain.ExecuteAsync(
            new IssueToken(new(
                TokenSecret.Hash(secret), "first", "operator", Operator, Project, Role.Operator, time.GetUtcNow(), ExpiresAt: null)),
            cancellation);
        return decision.Fault is null ? secret : null;
    }
}
