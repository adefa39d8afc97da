SELECT colour, sum(count) AS seen FROM plants JOIN sightings USING (plant_id) GROUP BY colour
