using Meridian.ControlPlane.Writer;
using Meridian.Domain;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.ControlPlane.Api;

/// <summary>One authenticated request: who asks, when, in which language, and the state that answers it.</summary>
internal sealed record Call(Caller Caller, IDomain Domain, DomainState State, DateTimeOffset Now, HttpContext Http)
{
    public CancellationToken Cancellation => Http.RequestAborted;

    public Language Language { get; } = RequestLanguage.Of(Http.Request);

    /// <summary>The request, as endpoints take it.</summary>
    public static ValueTask<Call?> BindAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var domain = services.GetRequiredService<IDomain>();
        var caller = http.Features.Get<Caller>()
            ?? throw new InvalidOperationException("An endpoint that takes a call needs an authenticated caller.");
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return ValueTask.FromResult<Call?>(new(caller, domain, domain.State(), now, http));
    }

    /// <summary>Asks the writer; the answer is its fault, or what follows from the decision.</summary>
    public async Task<IResult> DecideAsync(DomainCommand command, Func<Decision, IResult> answer)
    {
        var decision = await Domain.ExecuteAsync(command, Cancellation);
        return decision.Fault is { } fault ? Refusal.Of(fault) : answer(decision);
    }

    /// <summary>Asks the writer; says nothing when it is done.</summary>
    public Task<IResult> DecideAsync(DomainCommand command) => DecideAsync(command, _ => Results.NoContent());
}
