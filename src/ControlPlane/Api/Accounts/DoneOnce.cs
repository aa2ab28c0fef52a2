using System.Collections.Concurrent;
using Meridian.Domain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Meridian.ControlPlane.Api;

/// <summary>
/// Remembers the answers to writes with an <c>Idempotency-Key</c>, so that a repeat within the hour does nothing twice.
/// The memory is this process's own: a key is forgotten when the server restarts.
/// </summary>
internal sealed class RepeatedWrites(TimeProvider time)
{
    private const int KeptMax = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Key, Entry> _known = new();

    public async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var key = context.HttpContext.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0 || context.HttpContext.Features.Get<Caller>() is not { } caller)
            return await next(context);

        Forget();
        var mine = new Entry(new(async () => await next(context)), Words(context), time.GetUtcNow());
        var entry = _known.GetOrAdd(new(caller.Token.Secret, context.HttpContext.Request.Path, key), mine);
        if (!entry.Words.SequenceEqual(mine.Words))
            return Refusal.Of(
                "key-reused", "This Idempotency-Key was used for another request: use a new key.", "此 Idempotency-Key 已用于其他请求：请使用新的键。");
        var isDone = false;
        try
        {
            var answer = await entry.Answer.Value;
            isDone = answer is not Refusal;
            return answer;
        }
        finally
        {
            // Refused, or nobody knows whether it was done: the next one with this key tries again.
            if (!isDone)
                _known.TryRemove(new(new(caller.Token.Secret, context.HttpContext.Request.Path, key), entry));
        }
    }

    private static object[] Words(EndpointFilterInvocationContext context) =>
        [.. context.Arguments.OfType<object>().Where(a => a is not Call)];

    private void Forget()
    {
        if (_known.Count < KeptMax)
            return;
        var now = time.GetUtcNow();
        foreach (var (key, entry) in _known)
        {
            if (now - entry.At > KeptFor || _known.Count > KeptMax)
                _known.TryRemove(key, out _);
        }
    }

    private sealed record Key(SecretHash Token, string Path, string Name);

    private sealed record Entry(Lazy<Task<object?>> Answer, object[] Words, DateTimeOffset At);
}

/// <summary>Marks endpoints whose repeats are answered from memory.</summary>
internal static class DoneOnceExtensions
{
    public static RouteHandlerBuilder DoneOnce(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(
        (context, next) => context.HttpContext.RequestServices.GetRequiredService<RepeatedWrites>().AnswerAsync(context, next));
}
