using System.Collections.Concurrent;
using Meridian.Domain;

namespace Meridian.ControlPlane.Api;

/// <summary>Counts the streams that each token holds open, and refuses those beyond the limit.</summary>
internal sealed class Followers(ApiOptions options)
{
    private readonly ConcurrentDictionary<SecretHash, int> _open = new();

    /// <summary>A place for one more stream, given back when disposed; nothing when the token holds too many.</summary>
    public IDisposable? TryEnter(Caller caller)
    {
        var count = _open.AddOrUpdate(caller.Token.Secret, 1, (_, held) => held + 1);
        var place = new Place(this, caller.Token.Secret);
        if (count <= options.FollowersMax)
            return place;
        place.Dispose();
        return null;
    }

    public static Refusal TooMany() => Refusal.Of(
        "too-many-streams",
        "This token holds too many event streams and followed logs open: close some.",
        "此令牌同时打开的事件流与日志跟踪过多：请先关闭一些。");

    private void Leave(SecretHash token)
    {
        while (_open.TryGetValue(token, out var held))
        {
            var left = held == 1 ? _open.TryRemove(new(token, held)) : _open.TryUpdate(token, held - 1, held);
            if (left)
                return;
        }
    }

    private sealed class Place(Followers followers, SecretHash token) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                followers.Leave(token);
        }
    }
}
