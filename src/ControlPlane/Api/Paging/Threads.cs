using Meridian.Primitives;

namespace Meridian.ControlPlane.Api;

/// <summary>
/// Threads the numbered items of each key backwards, so that those of one job or tenant are found without a look at all
/// others. Items are numbered from 1 without gaps and never change their key; new ones are threaded when asked for.
/// </summary>
internal sealed class Threads<T, TKey>(Func<T, TKey> keyOf)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly List<int> _before = [0];
    private readonly Dictionary<TKey, int> _latest = [];

    /// <summary>The newest items of the key, down from below the number (all when null), at most so many.</summary>
    public List<KeyValuePair<long, T>> Newest(IdMap<T> items, TKey key, long? below, int countMax)
    {
        var found = new List<KeyValuePair<long, T>>();
        lock (_lock)
        {
            CatchUp(items);
            var at = Begin(items, key, below);
            for (; at > 0 && found.Count < countMax; at = _before[at])
            {
                if (items.TryGet(at, out var item))
                    found.Add(new(at, item));
            }
        }

        return found;
    }

    private int Begin(IdMap<T> items, TKey key, long? below)
    {
        // A cursor's number is on the thread itself unless it was made up.
        if (below is { } number && number < _before.Count && items.TryGet(number, out var item)
            && EqualityComparer<TKey>.Default.Equals(keyOf(item), key))
            return _before[(int)number];
        return below is null && _latest.TryGetValue(key, out var latest) ? latest : 0;
    }

    private void CatchUp(IdMap<T> items)
    {
        foreach (var (number, item) in items.From(_before.Count))
        {
            var key = keyOf(item);
            _before.Add(_latest.GetValueOrDefault(key));
            _latest[key] = (int)number;
        }
    }
}
